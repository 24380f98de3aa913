// `npm test`: installs what it needs, checks, runs every test, and ends with one line that counts them.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { installMissing } from './install.js';
import { bin, projectEnv, root, run } from './run.js';
import { installSystemNeeds } from './system.js';

installMissing();
installSystemNeeds();

const node = bin('node');
const counted = { passed: 0, failed: 0 };
/** A run that takes so long hangs: it is ended, and has failed. */
const runMsMax = 20 * 60_000;

step('build', () => run(node, ['scripts/build.js']) === 0);
step('check', () => run(node, ['scripts/check.js']) === 0);
// One after the other: what real processes do to the machine is not to disturb what is quick.
vitest('unit tests', ['--project', 'unit']);
vitest('the simulator', ['--config', 'vitest.simulation.config.ts']);
vitest('end to end', ['--project', 'e2e']);
for (const name of ['poster', 'disk-space']) packed(name);

console.log(`${counted.passed} passed, ${counted.failed} failed`);
process.exit(counted.failed === 0 && counted.passed > 0 ? 0 : 1);

/** A step of the build that says nothing of tests counts as one. */
function step(name, act) {
  console.log(`\ntest: ${name}`);
  const ok = act();
  if (ok) counted.passed++;
  else counted.failed++;
  if (!ok) console.error(`test: ${name} failed`);
}

/** The counts are the runner's own report's. A run that ended without a report is a failure. */
function vitest(name, args) {
  console.log(`\ntest: ${name}`);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-report-'));
  const file = path.join(folder, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const status = run(bin('vitest'), ['run', ...args, ...reporters], { timeoutMs: runMsMax });
  let report;
  try {
    report = JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    report = { numPassedTests: 0, numFailedTests: 0 };
  }
  fs.rmSync(folder, { recursive: true, force: true });
  counted.passed += report.numPassedTests;
  counted.failed += report.numFailedTests;
  // A file that could not be loaded, an error outside of every test, or too little coverage has failed no
  // test, yet it has failed.
  if (status !== 0 && report.numFailedTests === 0) counted.failed++;
}

/** A package as its users get it: packed, installed in an empty folder, on the oldest and newest Node. */
function packed(name) {
  console.log(`\ntest: ${name}, packed`);
  const script = path.join(root, 'packages', name, 'scripts', 'test-packed.js');
  const result = spawnSync(node, [script], {
    env: projectEnv(),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.stdout.write(result.stdout ?? '');
  const counts = /^packed: (\d+) passed, (\d+) failed$/m.exec(result.stdout ?? '');
  counted.passed += Number(counts?.[1] ?? 0);
  counted.failed += Number(counts?.[2] ?? 1);
  if (counts && counts[2] === '0' && result.status !== 0) counted.failed++;
}
