import { parseArgs } from 'node:util';
import { runReloads } from '@millrace/testkit/simulator/reloads/run-reloads';
import { runSeed } from '@millrace/testkit/simulator/run-seed';
import { least } from './least.ts';

const help = `Runs the simulator: the production classes under a virtual clock, with faults, all from a seed.

  npm run -s simulate -- --seed 17            one seed, with the trace of what happened
  npm run -s simulate -- --from 1 --count 500 many seeds; stops at the first that breaks a promise
  npm run -s simulate -- --reloads 250 --seed 2
                                              one seed with so many reloads of the config, while changes arrive
  npm run -s simulate -- --count 500 --plant apply-twice
                                              the same with a bug planted (simulations/planted.ts)

Exits with 0 when every promise held, 1 when one was broken, 2 on wrong usage.
`;

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    from: { type: 'string', default: '1' },
    count: { type: 'string', default: '100' },
    reloads: { type: 'string' },
    // Read by planted.ts, which is loaded before everything else.
    plant: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

if (values.help) {
  process.stdout.write(help);
} else if (values.reloads !== undefined) {
  const seed = whole('--seed', values.seed ?? '1');
  const { broken, ...counts } = await runReloads(seed, whole('--reloads', values.reloads));
  for (const sentence of broken) console.log(`BROKEN  ${sentence}`);
  const told = Object.entries(counts).map(([what, count]) => `${count} ${what}`);
  console.log(`seed ${seed}: ${told.join(', ')}; ${broken.length} promises broken`);
  process.exitCode = broken.length === 0 ? 0 : 1;
} else if (values.seed !== undefined) {
  const run = await runSeed(whole('--seed', values.seed), (line) => process.stdout.write(`${line}\n`));
  for (const sentence of run.broken) console.log(`BROKEN  ${sentence}`);
  console.log(
    `seed ${run.seed}: ${run.builds} builds, ${run.faults} faults, ${Math.round(run.virtualMs / 1000)} simulated s`,
  );
  process.exitCode = run.broken.length === 0 ? 0 : 1;
} else {
  process.exitCode = await runMany(whole('--from', values.from), whole('--count', values.count));
}

async function runMany(from: number, count: number): Promise<number> {
  const began = performance.now();
  let builds = 0;
  for (let seed = from; seed < from + count; seed++) {
    const run = await runSeed(seed);
    builds += run.builds;
    if (process.stdout.isTTY) process.stdout.write(`\r${seed - from + 1} of ${count} seeds`);
    if (run.builds < least.builds || run.faults < least.faults) {
      console.log(`seed ${seed} had only ${run.builds} builds and ${run.faults} faults: it proves little`);
      return 1;
    }
    if (run.broken.length > 0) {
      console.log(`seed ${seed} broke ${run.broken.length} promises after ${seed - from + 1} seeds:`);
      for (const sentence of run.broken.slice(0, 10)) console.log(`  ${sentence}`);
      console.log(`See what happened: npm run -s simulate -- --seed ${seed}`);
      return 1;
    }
  }
  const seconds = (performance.now() - began) / 1000;
  console.log(`${count} seeds, ${builds} builds: every promise held (${seconds.toFixed(1)} s)`);
  return 0;
}

function whole(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) {
    console.error(`${option} takes a whole number, not "${text}".\n\n${help}`);
    process.exit(2);
  }
  return value;
}
