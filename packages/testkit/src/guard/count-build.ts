import { assert } from '@millrace/kernel/assert';
import type { Forced } from '@millrace/protocol/api/builds';
import type { Request } from '@millrace/protocol/api/requests';
import { query, row } from '@millrace/master/store/operation';
import { SimulatedClient } from '../simulator/simulated-client.ts';
import { CalmWorld } from './calm-world.ts';
import { CountingStore } from './counting-store.ts';
import type { OperationCount } from './counting-store.ts';

/** What one build costs, from the call that asks for it until a second after its end. */
export interface BuildCount {
  /** Of the whole journal, which is what its worker writes and sends. */
  readonly records: number;
  readonly journalBytes: number;
  /** Operations that change something: on SQLite in place, each is a commit of its own. */
  readonly commits: number;
  readonly statements: number;
  /** Of logs, as they are kept. */
  readonly keptBytes: number;
  readonly events: number;
  /** How often each operation was asked for, and the statements of all of them. */
  readonly operations: Readonly<Record<string, { readonly asked: number; readonly statements: number }>>;
}

/** What a master does whether it builds or not, and what is asked here to see how far it is. */
const beside = /^(changes|guard|leases|masters|retention|schedulers|silence|workers)\.|^requests\.read/;
/** What the end of a build brings about comes within this. */
const afterMs = 1_000;

/** Builds once in the simulated world, with the classes of production, and counts. The same each time. */
export async function countBuild(steps: number): Promise<BuildCount> {
  let counting: CountingStore | undefined;
  const world = new CalmWorld(steps, (store) => {
    counting = new CountingStore(store);
    return counting;
  });
  assert(counting, 'the world has a store');
  try {
    world.start();
    const client = new SimulatedClient(world);
    // Everybody has found each other, and one build has made what the first alone makes.
    await pass(world, 5_000);
    await build(world, client);
    const before = counting.counts();
    const eventsBefore = await lastEvent(counting);
    await build(world, client);
    const after = counting.counts();
    assert(world.troubles.length === 0, `nothing went wrong: ${world.troubles.join()}`);
    const journal = await counting.do(lastJournal, undefined);
    return {
      ...difference(before, after, counting.reads),
      records: journal.seq,
      journalBytes: journal.byte,
      events: (await lastEvent(counting)) - eventsBefore,
    };
  } finally {
    await world.end();
  }
}

async function build(world: CalmWorld, client: SimulatedClient): Promise<void> {
  const key = `build-${world.clock.monotonicMs()}`;
  const forced = await inWorld(world, client.post<Forced>('/builders/b/force', {}, key));
  const request = forced?.requests[0] ?? 0;
  for (;;) {
    await pass(world, 500);
    const found = await inWorld(world, client.json<Request>(`/requests/${request}`));
    if (found.state !== 'finished') continue;
    assert(found.result === 'success', 'nothing can fail');
    await pass(world, afterMs);
    return;
  }
}

async function pass(world: CalmWorld, ms: number): Promise<void> {
  const until = world.clock.monotonicMs() + ms;
  while (world.clock.monotonicMs() < until) await world.tick();
}

async function inWorld<Answer>(world: CalmWorld, answer: Promise<Answer>): Promise<Answer> {
  const settled: { answer?: { readonly value: Answer }; error?: unknown } = {};
  answer.then(
    (value) => (settled.answer = { value }),
    (error: unknown) => (settled.error = error),
  );
  while (settled.answer === undefined) {
    if (settled.error !== undefined) throw settled.error;
    await world.tick();
  }
  return settled.answer.value;
}

type Counts = ReadonlyMap<string, OperationCount>;

function difference(
  before: Counts,
  after: Counts,
  reads: ReadonlySet<string>,
): Pick<BuildCount, 'commits' | 'statements' | 'keptBytes' | 'operations'> {
  let commits = 0;
  let statements = 0;
  let keptBytes = 0;
  const operations: Record<string, { asked: number; statements: number }> = {};
  for (const name of [...after.keys()].toSorted()) {
    const now = after.get(name);
    const then = before.get(name);
    const asked = (now?.operations ?? 0) - (then?.operations ?? 0);
    if (asked === 0 || beside.test(name)) continue;
    const here = (now?.statements ?? 0) - (then?.statements ?? 0);
    operations[name] = { asked, statements: here };
    statements += here;
    keptBytes += (now?.keptBytes ?? 0) - (then?.keptBytes ?? 0);
    if (!reads.has(name)) commits += asked;
  }
  return { commits, statements, keptBytes, operations };
}

const lastJournal = query('guard.journal', function* () {
  const found = yield* row<{ seq: number; byte: number }>(
    'select seq, byte from builds order by id desc limit 1',
  );
  assert(found, 'there was a build');
  return found;
});

const eventsHead = query('guard.events', function* () {
  const found = yield* row<{ seq: number }>('select max(seq) as seq from events');
  return found?.seq ?? 0;
});

function lastEvent(store: CountingStore): Promise<number> {
  return store.do(eventsHead, undefined);
}
