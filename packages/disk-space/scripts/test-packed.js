// Tests the package as people get it: packs it, installs the tarball in an empty folder without a network, and
// runs test/packed/ there on the oldest and the newest Node that is supported, and on this one.
// Plain JavaScript: runs on Node 20. Ends with 0 or 1 and the line `packed: N passed, N failed`.
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

const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'disk-space-packed-'));
let passed = 0;
let failed = 0;
try {
  const consumer = install(pack(temporary));
  const thisMajor = Number.parseInt(process.versions.node, 10);
  for (const major of new Set([...supportedMajors, thisMajor])) testOn(nodeOf(major), consumer);
} catch (error) {
  failed += 1;
  console.error(error.message);
} finally {
  fs.rmSync(temporary, { recursive: true, force: true });
}
console.log(`packed: ${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

/** An empty folder with the tarball installed in it, and the tests beside. */
function install(tarball) {
  const consumer = path.join(temporary, 'consumer');
  fs.mkdirSync(consumer);
  fs.writeFileSync(path.join(consumer, 'package.json'), '{ "name": "consumer", "private": true }\n');
  npm(['install', '--offline', tarball], consumer);
  fs.cpSync(path.join(packageFolder, 'test', 'packed'), path.join(consumer, 'test'), { recursive: true });
  return consumer;
}

function testOn(node, consumer) {
  const modules = path.dirname(path.dirname(require.resolve('typescript/package.json')));
  const env = { ...process.env, NODE_OPTIONS: '', MILLRACE_MODULES: modules };
  delete env.NODE_TEST_CONTEXT;
  const tests = path.join('test', 'packed.test.mjs');
  const result = run(node, ['--test', '--test-reporter=tap', tests], { cwd: consumer, env });
  const count = (word) => Number(new RegExp(`^# ${word} (\\d+)$`, 'm').exec(result.stdout)?.[1] ?? 0);
  const [good, bad] = [count('pass'), count('fail') + count('cancelled')];
  console.log(`packed: ${good} passed, ${bad} failed on Node ${run(node, ['--version']).stdout.trim()}`);
  passed += good;
  failed += bad > 0 || result.status === 0 ? bad : 1;
  if (result.status !== 0) console.error(result.stdout + result.stderr);
}

/** A Node of that major: this one, the workspace's, one on the path, or else one from npm. */
function nodeOf(major) {
  const executable = process.platform === 'win32' ? 'node.exe' : 'node';
  const onPath = (process.env.PATH ?? '')
    .split(path.delimiter)
    .map((folder) => path.join(folder, executable));
  const ours = path.resolve(packageFolder, '../../node_modules/node/bin', executable);
  const candidates = [process.execPath, ours, ...onPath].filter((candidate) => fs.existsSync(candidate));
  const found = candidates.find((node) => run(node, ['--version']).stdout.startsWith(`v${major}.`));
  return found ?? installedNode(major, executable);
}

function installedNode(major, executable) {
  const name = `node-${process.platform}-${process.arch}`;
  const folder = path.join(temporary, `node-${major}`);
  fs.mkdirSync(folder);
  console.log(`packed: no Node ${major} is here; installing ${name}@${major}`);
  npm(['install', '--prefix', folder, `${name}@${major}`], folder);
  return path.join(folder, 'node_modules', name, 'bin', executable);
}

function npm(args, cwd) {
  const result = run('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd,
    shell: process.platform === 'win32',
  });
  if (result.status !== 0) throw new Error(`npm ${args.join(' ')} failed:\n${result.stdout}${result.stderr}`);
}

function run(command, args, options = {}) {
  const result = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, ...options });
  if (result.error) throw result.error;
  return result;
}
