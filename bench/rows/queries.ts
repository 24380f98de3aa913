import fs from 'node:fs';
import type { Build } from '@millrace/protocol/api/builds';
import { fleetConfig } from '../fleet/fleet-config.ts';
import { CannotMeasure } from '../harness/bench.ts';
import type { Bench, BenchRun } from '../harness/bench.ts';
import { percentile } from '../harness/figure.ts';
import type { Measured, Row } from '../harness/figure.ts';
import { filled, filledStore } from '../harness/fill-store.ts';
import { MasterProcess } from '../harness/master-process.ts';
import { peer } from '../harness/peer.ts';

const dayMs = 86_400_000;
const newest = 200;
/** What a picture of builds by builder and time is drawn of. */
const drawn = 'id,builder,number,state,result,startedAt,finishedAt';

/** What is asked of a warm master, each in one call; `since` is 24 hours before the newest build. */
const questions: Readonly<Record<string, (since: number) => string>> = {
  'query-latest-200': () => `/builds?limit=${newest}`,
  'query-24-hours': (since) => `/builds?limit=5000&startedAfter=${since}&fields=${drawn}`,
  'query-24-hours-whole': (since) => `/builds?limit=5000&startedAfter=${since}`,
  'query-latest-200-properties': () => `/builds?limit=${newest}&include=properties`,
};

interface Page {
  readonly items: readonly Build[];
  readonly nextCursor: string | null;
}

async function ask(context: BenchRun, builds: number): Promise<Measured> {
  const data = await filledStore(context.shared, builds, context.tell);
  const config = fleetConfig({
    workers: filled.workers,
    builders: filled.builders,
    stepsPerBuild: filled.stepsPerBuild,
  });
  await using master = await MasterProcess.start({ folder: context.folder, config, data });
  using lane = master.lane();
  const [last] = (await lane.get<Page>('/builds?limit=1')).items;
  const since = (last?.startedAt ?? 0) - dayMs;
  const measured: Record<string, number> = {};
  for (const [name, question] of Object.entries(questions)) {
    const route = question(since);
    const { nextCursor, items } = await lane.get<Page>(route);
    if (route.includes('startedAfter') && nextCursor !== null)
      throw new Error(`${route}: ${items.length} builds are not all.`);
    const times: number[] = [];
    for (let turn = -5; turn < 40; turn++) {
      const start = performance.now();
      await lane.bytes(route);
      if (turn >= 0) times.push(performance.now() - start);
    }
    measured[name] = percentile(times, 50);
  }
  return measured;
}

const rows = (suffix: string, more: number): Row[] => [
  {
    name: `query-latest-200${suffix}`,
    title: 'the latest 200 builds, p50',
    unit: 'ms',
    target: { atMost: 3 * more },
    ...(more === 1 && { reference: { buildbot: '116', buildbotPostgres: '72' } }),
  },
  {
    name: `query-24-hours${suffix}`,
    title: 'the last 24 h of all 150 builders (4,762 builds), as a waterfall draws them, p50',
    unit: 'ms',
    target: { atMost: 10 * more },
    ...(more === 1 && { reference: { buildbot: '124', buildbotPostgres: '119' } }),
  },
  {
    name: `query-24-hours-whole${suffix}`,
    title: 'the same with all that is told of each build, p50',
    unit: 'ms',
    target: null,
    better: 'less',
  },
  {
    name: `query-latest-200-properties${suffix}`,
    title: 'the latest 200 builds with all their properties, p50',
    unit: 'ms',
    target: { atMost: 3 * more },
    ...(more === 1 && { reference: { buildbot: '313', buildbotPostgres: '178' } }),
  },
];

export const queries: Bench = {
  name: 'queries',
  title: 'Questions at 100,000 builds of 5 steps',
  runs: 5,
  minutesMax: 5,
  rows: rows('', 1),
  run: (context) => ask(context, context.quick ? 2_000 : 100_000),
  peer: (context) => peer(context, 'queries.py', ['--builds', context.quick ? '2000' : '100000']),
};

/** Of disk, for ten million builds: 19 GB, and room for what the rest of the machine writes meanwhile. */
const bytesNeeded = 24 * 1024 ** 3;

export const queriesOfMany: Bench = {
  name: 'queries-10m',
  title: 'The same questions at 10,000,000 builds of 5 steps: no more than three times the targets',
  runs: 1,
  minutesMax: 30,
  rows: rows('-10m', 3),
  async run(context): Promise<Measured> {
    const { bavail, bsize } = fs.statfsSync(context.shared);
    if (!context.quick && bavail * bsize < bytesNeeded)
      throw new CannotMeasure(
        `ten million builds need 24 GiB in ${context.shared}: TMPDIR says where runs write`,
      );
    const measured = await ask(context, context.quick ? 20_000 : 10_000_000);
    return Object.fromEntries(Object.entries(measured).map(([name, value]) => [`${name}-10m`, value]));
  },
};
