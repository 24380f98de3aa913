// What the tests need from the system: each a command that tells whether it is there, and Debian's package.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';

const needs = [
  { what: 'a browser', packages: ['chromium'], found: () => onPath('chromium') || process.env.CHROMIUM },
  {
    what: 'PostgreSQL',
    packages: ['postgresql'],
    found: () => onPath('initdb') || fs.existsSync('/usr/lib/postgresql'),
  },
  { what: 'Mercurial', packages: ['mercurial'], found: () => onPath('hg') },
  { what: 'git', packages: ['git'], found: () => onPath('git') },
  { what: 'git-lfs', packages: ['git-lfs'], found: () => onPath('git-lfs') },
  { what: 'OpenSSH', packages: ['openssh-client'], found: () => onPath('ssh-agent') && onPath('ssh-keygen') },
  // What the projects are built with that the tests take from `init` to green.
  { what: 'Python', packages: ['python3'], found: () => onPath('python3') },
  {
    what: 'compilers for C and C++',
    packages: ['gcc', 'g++', 'libc6-dev'],
    found: () => onPath('gcc') && onPath('g++'),
  },
  { what: 'make', packages: ['make'], found: () => onPath('make') },
  { what: 'CMake', packages: ['cmake'], found: () => onPath('cmake') && onPath('ctest') },
  { what: 'Rust', packages: ['cargo', 'rustc'], found: () => onPath('cargo') && onPath('rustc') },
  { what: 'an ssh server', packages: ['openssh-server'], found: () => fs.existsSync('/usr/sbin/sshd') },
];

/** Installs with Debian's package manager what is missing. Ends the process, with what to do, if it cannot. */
export function installSystemNeeds() {
  const missing = needs.filter((need) => !need.found());
  if (missing.length === 0) return;
  const names = missing.map((need) => need.what).join(', ');
  const packages = missing.flatMap((need) => need.packages);
  if (!onPath('apt-get') || process.getuid?.() !== 0) {
    console.error(`millrace: the tests need ${names}. Install: ${packages.join(' ')} (Debian's names).`);
    process.exit(1);
  }
  console.log(`millrace: the tests need ${names}: installing them by apt-get (${packages.join(' ')}).`);
  // In the runlevel of a machine that is being mended, what is installed is not started.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const apt = (...args) =>
    spawnSync('apt-get', ['-qq', ...args], { stdio: ['ignore', 'ignore', 'inherit'], env });
  apt('update');
  // One after the other, so that whoever waits sees it go on.
  for (const [index, need] of missing.entries()) {
    console.log(`millrace: installing ${need.what} (${index + 1} of ${missing.length}) ...`);
    const { status } = apt('install', '-y', '--no-install-recommends', ...need.packages);
    if (status === 0 && need.found()) continue;
    console.error(
      `millrace: ${need.what} could not be installed; what apt-get said is above. By hand: apt-get install ${need.packages.join(' ')}`,
    );
    process.exit(1);
  }
}

function onPath(program) {
  return spawnSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' }).status === 0;
}
