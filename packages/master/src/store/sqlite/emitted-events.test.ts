import { expect, test } from 'vitest';
import { FakeClock } from '@millrace/testkit/fake-clock';
import { SeededRandom } from '@millrace/testkit/seeded-random';
import { operation, query } from '../operation.ts';
import type { Operation } from '../operation.ts';
import { emit } from '../operations/emit.ts';
import { readEvents } from '../operations/events.ts';
import type { StoredEvent } from '../operations/events.ts';
import { storedEvents } from '../operations/fresh-events.ts';
import type { Call } from './call.ts';
import { openMemoryEngine } from './open-engine.ts';
import type { OpenedEngine } from './open-engine.ts';

const said = operation('test.say', function* (tx, worker: string) {
  yield* emit(tx, { type: 'worker.connected', worker, data: { worker } });
  yield* emit(tx, { type: 'build.started', builder: 'b', build: 1, request: 2, buildset: 3 });
  if (worker === 'fails') throw new Error('no');
});
const quiet = operation('test.quiet', function* () {});
const all = query('test.all', (tx) =>
  readEvents.run(tx, { after: { xid: 0, seq: 0 }, limit: 1_000, filter: {} }),
);

const open = (): OpenedEngine =>
  openMemoryEngine({ now: () => new FakeClock().now(), random: new SeededRandom(1) });
const call = (one: Operation<never, unknown>, input?: unknown): Call => ({
  operation: one as Operation<unknown, unknown>,
  input,
});

/** What a group hands on. */
function fresh(opened: OpenedEngine, calls: readonly Call[], events = true): StoredEvent[] | undefined {
  const result = opened.engine.commitGroup(calls, { events });
  if (result.kind !== 'committed') throw new Error(result.kind);
  const signals = result.signals.filter(({ topic }) => topic === 'events');
  expect(signals.length).toBeLessThan(2);
  const [signal] = signals;
  return signal?.topic === 'events' && signal.fresh ? storedEvents(signal.fresh) : undefined;
}

function stored(opened: OpenedEngine): readonly StoredEvent[] {
  const outcome = opened.reader.query(call(all));
  if (outcome.kind === 'threw') throw outcome.error;
  return (outcome.answer as { events: readonly StoredEvent[] }).events;
}

test('a group hands on its events as they would be read, all of its operations together', () => {
  using opened = disposable(open());
  const first = fresh(opened, [call(said, 'a'), call(quiet), call(said, 'b')]);
  expect(first).toHaveLength(4);
  expect(first).toEqual(stored(opened));
  const second = fresh(opened, [call(said, 'c')]);
  expect([...(first ?? []), ...(second ?? [])]).toEqual(stored(opened));
});

test('what an operation told that threw is not among them, and the numbers follow each other', () => {
  using opened = disposable(open());
  const handedOn = fresh(opened, [call(said, 'a'), call(said, 'fails'), call(said, 'b')]);
  expect(handedOn?.map(({ worker }) => worker)).toEqual(['a', null, 'b', null]);
  expect(handedOn).toEqual(stored(opened));
});

test('nothing is handed on to nobody, nor too much', () => {
  using opened = disposable(open());
  expect(fresh(opened, [call(said, 'a')], false)).toBeUndefined();
  expect(fresh(opened, [call(quiet)])).toBeUndefined();
  const many = Array.from({ length: 251 }, () => call(said, 'a'));
  expect(fresh(opened, many)).toBeUndefined();
  expect(fresh(opened, many.slice(1))).toHaveLength(500);
});

function disposable(opened: OpenedEngine): OpenedEngine & Disposable {
  return { ...opened, [Symbol.dispose]: () => opened.close() };
}
