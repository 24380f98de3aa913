// A year's figures beside the git commands under them, in one run:
//     node bench/churn/main.ts [REPOSITORY] [SINCE] [UNTIL]
// Without a repository, 80,000 commits are generated (once, into .cache/). Exit code 1 where a figure of the
// two that are promised is missed: 1.5 times the commands by themselves, 150 MiB.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { ChurnReport } from '@millrace/churn';
import { generatedHistory } from './generated-history.ts';

const rounds = 5;
const ratioMax = 1.5;
const peakMiBMax = 150;
const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
const here = path.dirname(fileURLToPath(import.meta.url));

interface Run {
  readonly wallMs: number;
  readonly peakMiB: number;
  readonly start: ChurnReport['repositories'][number]['start'];
  readonly end: ChurnReport['repositories'][number]['end'];
  readonly total: ChurnReport['total'];
}

const [named, since = '2023-01-01', until = '2024-01-01'] = process.argv.slice(2);
const repository =
  named ?? (await generatedHistory(path.join(here, '..', '..', '.cache', 'churn-bench'), 80_000));
const commits = Number(command(['rev-list', '--count', 'HEAD']).stdout);
const warm = ourRun();
const [a, b] = [warm.start!.commit, warm.end!.commit];

/** What is measured against: the commands that a person would run, on the same range, one after the other. */
const compare = [
  '--numstat',
  '-z',
  '--no-ext-diff',
  '--no-textconv',
  '--diff-algorithm=myers',
  '-M50%',
  '-l1000',
];
const commands: readonly (readonly string[])[] = [
  ['diff', ...compare, emptyTree, a],
  ['diff', ...compare, emptyTree, b],
  ['log', '--first-parent', '-m', '--format=%H %ct', ...compare, `${a}..${b}`],
  ['log', '--no-merges', '--format=%H %ct %aN', `${a}..${b}`],
];

const gitMs: number[][] = commands.map(() => []);
const ours: Run[] = [];
for (let round = 0; round < rounds; round++) {
  for (const [index, args] of commands.entries()) gitMs[index]!.push(command(args).wallMs);
  ours.push(ourRun());
}

const gitSumMs = Array.from({ length: rounds }, (_unused, round) =>
  gitMs.reduce((sum, each) => sum + each[round]!, 0),
);
const [theirsMs, oursMs] = [median(gitSumMs), median(ours.map((run) => run.wallMs))];
const peakMiB = Math.max(...ours.map((run) => run.peakMiB));
const ratio = oursMs / theirsMs;

console.log(`${repository}: ${commits} commits; ${since} to ${until}; medians of ${rounds}, wall`);
for (const [index, args] of commands.entries()) {
  console.log(
    `  ${median(gitMs[index]!).toFixed(0).padStart(6)} ms  git ${args.filter((arg) => !compare.includes(arg)).join(' ')}`,
  );
}
console.log(`  ${theirsMs.toFixed(0).padStart(6)} ms  all four, one after the other`);
console.log(
  `  ${oursMs.toFixed(0).padStart(6)} ms  measureChurn: ${ratio.toFixed(2)} times (at most ${ratioMax})`,
);
console.log(`  ${peakMiB.toFixed(0).padStart(6)} MiB peak of its process (at most ${peakMiBMax})`);
console.log(`  ${JSON.stringify(warm.total)}`);
process.exitCode = ratio <= ratioMax && peakMiB <= peakMiBMax ? 0 : 1;

function command(args: readonly string[]): { wallMs: number; stdout: string } {
  const startedMs = performance.now();
  const result = spawnSync('git', args, { cwd: repository, encoding: 'latin1', maxBuffer: 2 ** 30 });
  if (result.status !== 0) throw new Error(`git ${args.join(' ')}: ${result.stderr}`);
  return { wallMs: performance.now() - startedMs, stdout: result.stdout };
}

function ourRun(): Run {
  const args = [path.join(here, 'one-run.ts'), repository, since, until];
  const result = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (result.status !== 0) throw new Error(result.stderr);
  return JSON.parse(result.stdout) as Run;
}

function median(values: readonly number[]): number {
  return [...values].sort((x, y) => x - y)[Math.floor(values.length / 2)]!;
}
