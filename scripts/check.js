// `npm run check`: types, lint, format, unused code. All are run, so that all problems show at once.
import { run, bin } from './run.js';
import { installMissing } from './install.js';

installMissing();

/** @type {[string, string, string[]][]} */
const checks = [
  ['types', bin('tsc'), ['-p', '.']],
  ['types of the pages', bin('tsc'), ['-p', 'packages/web']],
  ['lint', bin('oxlint'), ['--type-aware', '--quiet']],
  ['format', bin('oxfmt'), ['--check', '.']],
  ['unused code', bin('knip'), ['--no-progress']],
];

const failed = [];
for (const [name, command, args] of checks) {
  console.log(`check: ${name}`);
  if (run(command, args) !== 0) failed.push(name);
}
if (failed.length > 0) {
  console.error(`check: failed: ${failed.join(', ')}`);
  process.exit(1);
}
console.log('check: all is well');
