// One measurement in a process of its own, so that its peak memory is its own. Prints JSON.
import process from 'node:process';
import { measureChurn } from '@millrace/churn';

const [repository = '.', since, until] = process.argv.slice(2);
const startedMs = performance.now();
const { repositories, total } = await measureChurn({ repositories: [repository], since, until });
const wallMs = performance.now() - startedMs;
const { maxRSS } = process.resourceUsage();
process.stdout.write(
  JSON.stringify({
    wallMs,
    peakMiB: maxRSS / 1024,
    start: repositories[0]?.start,
    end: repositories[0]?.end,
    total,
  }),
);
