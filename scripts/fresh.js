// `npm run fresh`: shows that a fresh clone works. In an empty folder, with an empty npm cache and a PATH that holds
// git, Node and npm beside the system's own small tools, it clones this repository at HEAD, runs `npm start` until
// the first build is green, stops it, looks that nothing is left running, and runs `npm test`.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { root } from './run.js';

const startMsMax = 15 * 60_000;
const stopMsMax = 60_000;
/** Small tools that every system has; shells and builds call them. */
const smallTools = (
  'sh bash env cat cp mv rm ln ls mkdir mktemp rmdir touch chmod dirname basename echo expr false head id printf ' +
  'pwd readlink realpath sed grep sleep sort tail tee test tr true uname wc xargs uniq cut date kill ps setsid ' +
  'mkfifo nproc stat timeout nohup nice install df du od seq split sync tac whoami yes find awk tar gzip which'
).split(' ');

const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-fresh-')));
const clone = path.join(folder, 'millrace');
const env = {
  PATH: bareTools(path.join(folder, 'bin')),
  HOME: path.join(folder, 'home'),
  npm_config_cache: path.join(folder, 'npm-cache'),
  LANG: 'C.UTF-8',
  // Where packages come from is this machine's business, as everywhere.
  ...pick(/^(npm_config_(registry|cafile)|(https?|all|no)_proxy|NODE_EXTRA_CA_CERTS)$/i),
  ...pick(/^(SSL_CERT_FILE|SSL_CERT_DIR|GIT_SSL_CAINFO)$/),
};
fs.mkdirSync(env.HOME);
linkIfThere(path.join(os.homedir(), '.npmrc'), path.join(env.HOME, '.npmrc'));

let failed = false;
try {
  tell(`in ${folder}, with Node ${said('node', '--version')} and npm ${said('npm', '--version')}`);
  mustRun('git', ['clone', '--quiet', root, clone], folder);
  tell(`cloned at ${said('git', '-C', clone, 'rev-parse', 'HEAD')}`);
  await startAndStop();
  tests();
} catch (error) {
  failed = true;
  tell(`FAILED: ${error.message}`);
} finally {
  if (failed || process.env.KEEP !== undefined) tell(`everything is left in ${folder}`);
  else fs.rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}
process.exit(failed ? 1 : 0);

async function startAndStop() {
  const port = await freePort();
  const began = Date.now();
  const output = path.join(folder, 'start.out');
  const out = fs.openSync(output, 'w');
  const start = spawn('npm', ['start', '--', '--port', String(port)], {
    cwd: clone,
    env,
    stdio: ['ignore', out, out],
    // A group of its own, to be interrupted as a terminal does it.
    detached: true,
  });
  const ended = new Promise((resolve) => {
    start.on('exit', (code, signal) => resolve(signal ?? code));
  });
  try {
    const build = await firstBuild(port, ended, began);
    tell(
      `build ${build.number} of "${build.builder}" at ${build.revision}: ${build.result} after ${since(began)}`,
    );
    if (build.result !== 'success') throw new Error(`the first build ended as ${build.result}`);
  } catch (error) {
    console.log(fs.readFileSync(output, 'utf8'));
    interrupt(start);
    throw error;
  }
  const interrupted = Date.now();
  interrupt(start);
  const end = await Promise.race([
    ended,
    new Promise((resolve) => setTimeout(resolve, stopMsMax, 'still running')),
  ]);
  tell(`npm start ended after an interrupt in ${since(interrupted)}: ${end}`);
  const left = processesIn(folder);
  if (left.length > 0) throw new Error(`left running: ${left.join('; ')}`);
  tell('nothing is left running');
}

async function firstBuild(port, ended, began) {
  const over = [];
  void ended.then((end) => over.push(end));
  let started = false;
  while (Date.now() - began < startMsMax) {
    if (over.length > 0) throw new Error(`npm start ended by itself: ${over.join()}`);
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/builds`).catch(() => undefined);
    if (response?.ok) {
      if (!started) tell(`the master answers after ${since(began)}`);
      started = true;
      const { items } = await response.json();
      const build = items.at(-1);
      if (build?.state === 'finished') {
        await tellSteps(port, build.id);
        return build;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(`no build had finished after ${since(began)}`);
}

async function tellSteps(port, build) {
  const { items } = await (await fetch(`http://127.0.0.1:${port}/api/v1/builds/${build}/steps`)).json();
  for (const step of items) {
    const seconds = ((step.finishedAt - step.startedAt) / 1000).toFixed(1);
    tell(
      `  ${step.name}: ${step.result}, ${step.startedAt === null ? 'not run' : `${seconds} s`}${step.message === null ? '' : `: ${step.message}`}`,
    );
  }
}

function tests() {
  const began = Date.now();
  // The tests install a browser and a database server where there are none: with the system's own tools.
  const PATH = [env.PATH, '/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/local/bin', '/usr/bin', '/bin'].join(
    path.delimiter,
  );
  const { status, stdout } = spawnSync('npm', ['test'], {
    cwd: clone,
    env: { ...env, PATH },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 1024 ** 3,
  });
  tell(`npm test: ${stdout.trim().split('\n').at(-1)} in ${since(began)}`);
  if (status !== 0) {
    console.log(stdout);
    throw new Error(`npm test ended with ${status}`);
  }
}

/** A folder with links to git, Node 20 (or what there is), npm and the small tools, and nothing else. */
function bareTools(bin) {
  fs.mkdirSync(bin);
  for (const name of ['git', 'node', 'npm', 'npx', ...smallTools]) {
    const found = onSystemPath(name);
    if (found !== undefined) fs.symlinkSync(found, path.join(bin, name));
  }
  return bin;
}

/** Without what this project has installed for itself. */
function onSystemPath(name) {
  return (process.env.PATH ?? '')
    .split(path.delimiter)
    .filter((one) => !one.includes('node_modules'))
    .map((one) => path.join(one, name))
    .find((one) => fs.existsSync(one));
}

function processesIn(where) {
  if (!fs.existsSync('/proc')) return [];
  return fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        const args = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();
        const cwd = fs.readlinkSync(`/proc/${pid}/cwd`);
        return args !== '' && (args.includes(where) || cwd.startsWith(where)) ? [`${pid} ${args}`] : [];
      } catch {
        // It ended while we looked, or is somebody else's.
        return [];
      }
    });
}

function mustRun(command, args, cwd) {
  const { status } = spawnSync(command, args, { cwd, env, stdio: 'inherit' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}`);
}

function said(command, ...args) {
  return spawnSync(command, args, { env, encoding: 'utf8' }).stdout.trim();
}

function pick(names) {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => names.test(name)));
}

function linkIfThere(target, link) {
  if (fs.existsSync(target)) fs.symlinkSync(target, link);
}

/** As a terminal interrupts: everybody in the group. */
function interrupt(child) {
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGINT');
}

function freePort() {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function since(began) {
  return `${((Date.now() - began) / 1000).toFixed(1)} s`;
}

function tell(line) {
  console.log(`fresh: ${line}`);
}
