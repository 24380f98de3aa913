// Packs the package, installs the tarball in an empty folder without network, and runs `test/packed` there on the
// oldest and the newest supported Node. Ends with 0 or 1 and the line `packed: N passed, N failed`.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { pack } from './pack.js';

const packageFolder = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);
const supportedMajors = [20, 24];

const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'poster-packed-'));
let passed = 0;
let failed = 0;
try {
  const tarball = pack(temporary);
  for (const major of supportedMajors) {
    const node = findNode(major);
    const { stdout } = run(node, ['--version']);
    console.log(`packed: ${path.basename(tarball)} on Node ${stdout.trim()}`);
    const counts = testOn(node, installed(tarball, `node-${major}`));
    passed += counts.passed;
    failed += counts.failed;
  }
} catch (error) {
  console.error(error);
  failed += 1;
} finally {
  fs.rmSync(temporary, { recursive: true, force: true });
}
console.log(`packed: ${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

/** An empty folder with the tarball installed in it and the tests beside. */
function installed(tarball, name) {
  const folder = path.join(temporary, name);
  fs.mkdirSync(folder);
  fs.writeFileSync(path.join(folder, 'package.json'), '{ "private": true }\n');
  const npm = run('npm', ['install', '--offline', '--no-audit', '--no-fund', '--loglevel=error', tarball], {
    cwd: folder,
  });
  if (npm.status !== 0) throw new Error(`the tarball cannot be installed: ${npm.stderr}`);
  fs.cpSync(path.join(packageFolder, 'test', 'packed'), folder, { recursive: true });
  return folder;
}

function testOn(node, folder) {
  const tests = fs.readdirSync(folder).filter((name) => /\.test\.[cm]js$/.test(name));
  const result = run(node, ['--test', '--test-reporter=tap', ...tests], {
    cwd: folder,
    // A process that does not end is a handle left open: that fails too.
    timeout: 120_000,
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      POSTER_TSC: path.join(path.dirname(require.resolve('typescript/package.json')), 'bin', 'tsc'),
      POSTER_TSC_NODE: process.execPath,
      POSTER_TYPES: path.dirname(path.dirname(require.resolve('@types/node/package.json'))),
    },
  });
  const count = (word) => Number(new RegExp(`^# ${word} (\\d+)`, 'm').exec(result.stdout)?.[1] ?? 0);
  const counts = { passed: count('pass'), failed: count('fail') + count('cancelled') };
  if (result.status !== 0) {
    console.log(result.stdout, result.stderr);
    counts.failed ||= 1;
  }
  return counts;
}

/** A Node of that major: this one, the workspace's, one on the path, or else one from npm. */
function findNode(major) {
  const names = (process.env.PATH ?? '').split(path.delimiter).map((folder) => path.join(folder, 'node'));
  const candidates = [
    process.execPath,
    path.resolve(packageFolder, '../../node_modules/node/bin/node'),
    ...names,
  ];
  const found = candidates.find(
    (node) => fs.existsSync(node) && run(node, ['--version']).stdout?.startsWith(`v${major}.`),
  );
  return found ?? installNode(major);
}

function installNode(major) {
  const name = `node-${process.platform}-${process.arch}`;
  const folder = path.join(temporary, name);
  fs.mkdirSync(folder);
  console.log(`packed: no Node ${major} here; installing ${name}@${major}`);
  const npm = run('npm', [
    'install',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    '--prefix',
    folder,
    `${name}@${major}`,
  ]);
  if (npm.status !== 0) throw new Error(`no Node ${major}: put one on the path. ${npm.stderr}`);
  return path.join(folder, 'node_modules', name, 'bin', 'node');
}

function run(command, args, options = {}) {
  return spawnSync(command, args, { encoding: 'utf8', ...options });
}
