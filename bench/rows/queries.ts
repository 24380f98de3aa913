import fs from 'node:fs';
import type { Build } from '@millrace/protocol/api/builds';
import { fleetConfig } from '../fleet/fleet-config.ts';
import { CannotMeasure } from '../harness/bench.ts';
import type { Bench, BenchRun } from '../harness/bench.ts';
import { percentile } from '../harness/figure.ts';
import type { Measured, Row } from '../harness/figure.ts';
import { filled, filledStore } from '../harness/fill-store.ts';
import type { HttpLane } from '../harness/http-lane.ts';
import { inLanes } from '../harness/lanes.ts';
import { MasterProcess } from '../harness/master-process.ts';
import { peer } from '../harness/peer.ts';

interface Page {
  readonly items: readonly Build[];
  readonly nextCursor: string | null;
}

const newest = 200;

/** What is asked, each of a warm master; together for what takes several calls. */
const questions: Readonly<Record<string, (master: MasterProcess, lane: HttpLane) => Promise<unknown>>> = {
  'query-latest-200': (_master, lane) => lane.bytes(`/builds?limit=${newest}`),
  async 'query-24-hours'(_master, lane) {
    const since = Date.now() - 86_400_000;
    let page = await lane.get<Page>('/builds?sort=-startedAt&limit=1000');
    while (page.nextCursor !== null && (page.items.at(-1)?.startedAt ?? 0) > since)
      page = await lane.get<Page>(
        `/builds?sort=-startedAt&limit=1000&cursor=${encodeURIComponent(page.nextCursor)}`,
      );
  },
  async 'query-latest-200-properties'(master, lane) {
    const { items } = await lane.get<Page>(`/builds?limit=${newest}`);
    await inLanes(master, { count: items.length, lanes: 8 }, (one, index) =>
      one.bytes(`/builds/${items[index]?.id}`),
    );
  },
};

async function ask(context: BenchRun, builds: number): Promise<Measured> {
  const data = await filledStore(context.shared, builds, context.tell);
  const config = fleetConfig({
    workers: filled.workers,
    builders: filled.builders,
    stepsPerBuild: filled.stepsPerBuild,
  });
  await using master = await MasterProcess.start({ folder: context.folder, config, data });
  const measured: Record<string, number> = {};
  for (const [name, question] of Object.entries(questions)) {
    const times: number[] = [];
    using lane = master.lane();
    for (let turn = -5; turn < 40; turn++) {
      const start = performance.now();
      await question(master, lane);
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
    title: 'the last 24 h of all 150 builders (4,762 builds), p50',
    unit: 'ms',
    target: { atMost: 10 * more },
    ...(more === 1 && { reference: { buildbot: '124', buildbotPostgres: '119' } }),
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

/** Of disk, for ten million builds. */
const bytesNeeded = 40 * 1024 ** 3;

export const queriesOfMany: Bench = {
  name: 'queries-10m',
  title: 'The same questions at 10,000,000 builds of 5 steps: no more than three times the targets',
  runs: 1,
  minutesMax: 90,
  rows: rows('-10m', 3),
  async run(context): Promise<Measured> {
    const { bavail, bsize } = fs.statfsSync(context.shared);
    if (!context.quick && bavail * bsize < bytesNeeded)
      throw new CannotMeasure(
        `ten million builds need 40 GiB in ${context.shared}: TMPDIR says where runs write`,
      );
    const measured = await ask(context, context.quick ? 20_000 : 10_000_000);
    return Object.fromEntries(Object.entries(measured).map(([name, value]) => [`${name}-10m`, value]));
  },
};
