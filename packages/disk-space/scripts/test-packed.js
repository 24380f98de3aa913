// Tests the package as people get it: builds it, packs it, installs the tarball in an empty folder without
// a network, and runs test/packed/ there on every Node that this machine has (the oldest is 20).
//
// Plain JavaScript: runs on Node 20. Exit code 0 or 1; the last line is `packed: N passed, N failed`.
// More Nodes: MILLRACE_NODES=/path/to/node:/path/to/other/node
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.js';

const packageFolder = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const root = path.dirname(path.dirname(packageFolder));
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'disk-space-packed-'));
let passed = 0;
let failed = 0;

try {
  const tarball = pack(build());
  const consumer = install(tarball);
  for (const node of nodes()) {
    console.log(`packed: on Node ${node.version} (${node.path})`);
    testOn(node, consumer);
  }
} catch (error) {
  failed += 1;
  console.error(error.message);
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
}
console.log(`packed: ${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

function run(command, args, options) {
  const result = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, ...options });
  if (result.error) throw result.error;
  return result;
}

function npm(args, cwd) {
  const result = run('npm', [...args, '--offline', '--no-audit', '--no-fund', '--loglevel=error'], { cwd });
  if (result.status !== 0) throw new Error(`npm ${args.join(' ')} failed:\n${result.stdout}${result.stderr}`);
  return result.stdout;
}

/** Packs a folder and returns the tarball's path. */
function pack(dist) {
  const [packed] = JSON.parse(npm(['pack', '--json', '--pack-destination', folder], dist));
  return path.join(folder, packed.filename);
}

/** Installs the tarball where nothing else is, and puts the tests beside it. */
function install(tarball) {
  const consumer = path.join(folder, 'consumer');
  fs.mkdirSync(consumer);
  fs.writeFileSync(path.join(consumer, 'package.json'), '{ "name": "consumer", "private": true }\n');
  npm(['install', tarball], consumer);
  fs.cpSync(path.join(packageFolder, 'test', 'packed'), path.join(consumer, 'test'), { recursive: true });
  return consumer;
}

/** The distinct versions of Node: this one, the project's own, those on PATH, those in MILLRACE_NODES. */
function nodes() {
  const executable = process.platform === 'win32' ? 'node.exe' : 'node';
  const folders = [
    path.join(root, 'node_modules', '.bin'),
    path.join(root, 'node_modules', 'node', 'bin'),
    ...(process.env.PATH ?? '').split(path.delimiter),
  ];
  const named = (process.env.MILLRACE_NODES ?? '').split(path.delimiter);
  const candidates = [...named, process.execPath, ...folders.map((found) => path.join(found, executable))];
  const byVersion = new Map();
  for (const candidate of candidates.filter((found) => found !== '' && fs.existsSync(found))) {
    const { status, stdout } = run(candidate, ['--version'], {});
    const version = stdout.trim().replace(/^v/, '');
    if (status === 0 && !byVersion.has(version)) byVersion.set(version, { version, path: candidate });
  }
  const found = [...byVersion.values()].filter(({ version }) => Number.parseInt(version, 10) >= 20);
  found.sort((a, b) => Number.parseInt(a.version, 10) - Number.parseInt(b.version, 10));
  if (found.length < 2)
    console.log('packed: only one version of Node was found; MILLRACE_NODES names others');
  return found;
}

function testOn(node, consumer) {
  const tests = path.join('test', 'packed.test.mjs');
  const env = { ...process.env, MILLRACE_ROOT: root };
  delete env.NODE_TEST_CONTEXT;
  const { stdout, stderr } = run(node.path, ['--test', '--test-reporter=tap', tests], { cwd: consumer, env });
  const count = (name) => Number(new RegExp(`^# ${name} (\\d+)$`, 'm').exec(stdout)?.[1] ?? Number.NaN);
  const [pass, fail] = [count('pass'), count('fail') + count('cancelled')];
  if (Number.isNaN(pass) || Number.isNaN(fail))
    throw new Error(`node --test said nothing:\n${stdout}${stderr}`);
  passed += pass;
  failed += fail;
  if (fail > 0) console.error(stdout + stderr);
}
