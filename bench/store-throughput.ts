/*
 * The store on SQLite, in place and in its thread: operations a second, log bytes a second, what both cost the
 * main thread, and how long a query takes beside them.
 *
 *   node bench/store-throughput.ts [seconds a case]
 *
 * The figures that decided are in docs/decisions/0001-store-thread.md.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { systemClock } from '@millrace/kernel/clock';
import type { Fact } from '@millrace/protocol/journal/record';
import { eventsHead, readEvents } from '@millrace/master/store/operations/events';
import { openSqlite } from '@millrace/master/store/sqlite/open';
import type { Store } from '@millrace/master/store/store';
import { chunk, RunningBuild, WrittenJournal } from '@millrace/testkit/conformance/running-build';
import { tell } from '@millrace/testkit/conformance/test-operations';

const seconds = Number(process.argv[2] ?? 3);
const operationModules = [import.meta.resolve('@millrace/testkit/conformance/test-operations')];

interface Figures {
  readonly perSecond: number;
  /** Of one core, by the main thread. */
  readonly mainCpu: number;
  readonly delayP99Ms: number;
}

/** Keeps `inFlight` of `act` under way. `act` answers how much it has done. */
async function load(inFlight: number, act: (lane: number) => Promise<number>): Promise<Figures> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const cpu = process.threadCpuUsage();
  const start = performance.now();
  let done = 0;
  const lane = async (number: number): Promise<void> => {
    while (performance.now() - start < seconds * 1000) {
      const some = await act(number);
      done += some;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, (_, number) => lane(number)));
  const elapsed = (performance.now() - start) / 1000;
  const used = process.threadCpuUsage(cpu);
  delay.disable();
  return {
    perSecond: done / elapsed,
    mainCpu: (used.user + used.system) / 1e6 / elapsed,
    delayP99Ms: delay.percentile(99) / 1e6,
  };
}

const text = Array.from(
  { length: 2_000 },
  (_, line) => `[${line}] cc -O2 -Wall -c src/module_${line % 97}.c -o out/${line}.o\n`,
).join('');

/** A build whose log grows by one full chunk a frame. */
async function growingLog(store: Store, worker: string): Promise<() => Promise<number>> {
  const at = await RunningBuild.start(store, { worker, logBytesMax: 2 ** 40 });
  const journal = new WrittenJournal();
  const opening: Fact[] = [
    at.begin(),
    { kind: 'step-started', step: 0 },
    { kind: 'log-opened', step: 0, log: 0, name: 'output', stream: 'combined' },
  ];
  journal.add(...opening);
  await at.apply(0, journal.bytes());
  const raw = text.slice(0, 128 * 1024);
  const model = chunk(0, raw);
  let chunks = 0;
  return async () => {
    const from = journal.ends.length;
    for (let count = 0; count < 4; count++) {
      journal.add({ ...model, firstByte: chunks * model.bytes, firstLine: chunks * model.lines });
      chunks++;
    }
    const byte = journal.byteOf(from);
    const answer = await at.apply(byte, journal.bytes(from));
    if (answer.kind !== 'applied') throw new Error(answer.kind);
    return (4 * model.bytes) / 1024 ** 2;
  };
}

/** How long a query takes while others write, p50 and p99. */
async function queryMs(ask: () => Promise<unknown>, until: Promise<unknown>): Promise<string> {
  const took: number[] = [];
  const over = new AbortController();
  void until.then(() => over.abort());
  while (!over.signal.aborted) {
    const start = performance.now();
    await ask();
    took.push(performance.now() - start);
    await new Promise((resolve) => {
      systemClock.after(1, () => resolve(undefined));
    });
  }
  took.sort((one, other) => one - other);
  const at = (part: number): string => (took[Math.floor(took.length * part)] ?? 0).toFixed(2);
  return `${at(0.5)} / ${at(0.99)} ms`;
}

function tellFigures(
  what: string,
  { perSecond, mainCpu, delayP99Ms }: Figures,
  unit: string,
  perUnit: number,
): void {
  const rate = perSecond.toFixed(perSecond < 1000 ? 1 : 0);
  const cost = ((mainCpu / perSecond) * perUnit * 1000).toFixed(3);
  console.log(
    `  ${what.padEnd(34)} ${rate.padStart(8)} ${unit}/s  main thread ${(mainCpu * 100).toFixed(0).padStart(3)}% of a core, ${cost} ms each ${perUnit === 1 ? '' : `${perUnit} `}${unit}, event loop p99 ${delayP99Ms.toFixed(1)} ms`,
  );
}

for (const inPlace of [true, false]) {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
  const store = await openSqlite({ folder, inPlace, operationModules });
  console.log(inPlace ? 'in place' : 'in its thread');
  for (const inFlight of [1, 100, 2_000]) {
    const figures = await load(inFlight, async (lane) => {
      await store.do(tell, { from: lane, count: 1 });
      return 1;
    });
    tellFigures(`${inFlight} small operations in flight`, figures, 'operations', 1);
  }
  const grow = await growingLog(store, 'w');
  tellFigures('one log', await load(1, grow), 'MB', 1);
  const logs = await Promise.all(Array.from({ length: 8 }, (_, lane) => growingLog(store, `w${lane}`)));
  tellFigures('eight logs', await load(8, (lane) => logs[lane]?.() ?? Promise.resolve(0)), 'MB', 1);

  const page = { after: { xid: 0, seq: 100 }, limit: 200, filter: {} };
  const readers: Record<string, () => Promise<unknown>> = {
    'a query for 200 rows': () => store.do(readEvents, page),
    'a query for one': () => store.do(eventsHead, undefined),
  };
  for (const [what, ask] of Object.entries(readers)) {
    const writing = load(8, (lane) => logs[lane]?.() ?? Promise.resolve(0));
    console.log(`  ${what.padEnd(34)} ${await queryMs(ask, writing)} (p50 / p99, beside eight logs)`);
    await writing;
  }
  await store.close();
  rmSync(folder, { recursive: true });
}
