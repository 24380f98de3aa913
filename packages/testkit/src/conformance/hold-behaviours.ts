import { describe, expect, test } from 'vitest';
import { changesAdd } from '@millrace/master/store/operations/changes';
import { keepAnswer, readKeptAnswer } from '@millrace/master/store/operations/kept-answers';
import { takeLease } from '@millrace/master/store/operations/leases';
import { listChanges, readChangeById } from '@millrace/master/store/operations/read-changes';
import { listBuildsets } from '@millrace/master/store/operations/read-buildsets';
import { listRequests } from '@millrace/master/store/operations/read-requests';
import { listWorkers } from '@millrace/master/store/operations/read-workers';
import { setPriority } from '@millrace/master/store/operations/request-priority';
import { holdScheduler, listSchedulerStates } from '@millrace/master/store/operations/scheduler-holds';
import { schedulersDecide, schedulersOpen } from '@millrace/master/store/operations/schedulers';
import { waitingReasons } from '@millrace/master/store/operations/waiting';
import { holdWorker } from '@millrace/master/store/operations/worker-holds';
import { Scene } from './dispatch-scene.ts';
import type { OpenedStore } from './opened-store.ts';

const told = { reason: 'a new disk', by: 'ann' };

/** What holding a worker or a scheduler, and changing what goes first, promise on every store. */
export function holdBehaviours(name: string, open: () => Promise<OpenedStore>): void {
  const scene = async () => new Scene(await open());
  const holdOf = async (at: Scene) => (await at.store.do(listWorkers, undefined))[0]?.hold;

  describe(`holds on ${name}`, () => {
    test('a worker that is held is given nothing, whoever chose it before', async () => {
      const at = await scene();
      await at.connect('a');
      const request = await at.request();
      await at.store.do(holdWorker, { worker: 'a', act: 'pause', ...told });
      expect((await at.look()).slots).toEqual([]);
      expect(await at.claim([{ request, worker: 'a', slot: 0 }])).toEqual([{ kind: 'taken', request }]);
      const waiting = { id: request, builder: 'linux', priority: 0, notBefore: 0, retries: 0 };
      const reasons = await at.store.do(waitingReasons, { requests: [waiting], workersOf: { linux: ['a'] } });
      expect(reasons[request]).toContain('a is paused by "ann": a new disk');
      await at.connect('a');
      expect(await holdOf(at)).toMatchObject({ state: 'paused', ...told });
      await at.store.do(holdWorker, { worker: 'a', act: 'resume', reason: '', by: null });
      const [claimed] = await at.claim([{ request, worker: 'a', slot: 0, session: 2 }]);
      expect(claimed?.kind).toBe('claimed');
    });

    test('a worker is drained by the end of its last build, or at once, also where both come together', async () => {
      const at = await scene();
      await at.connect('a');
      const [first, second] = await at.claim([
        { request: await at.request(), worker: 'a', slot: 0 },
        { request: await at.request(), worker: 'a', slot: 1 },
      ]);
      if (!first || !second) throw new Error('both slots are free');
      await at.end(first);
      await Promise.all([at.end(second), at.second.do(holdWorker, { worker: 'a', act: 'drain', ...told })]);
      expect(await holdOf(at)).toMatchObject({ state: 'drained' });
    });

    test('a repeat with its key does not hold again what was resumed', async () => {
      const at = await scene();
      const idempotency = { key: 'k', call: 'c' };
      const pause = { worker: 'never seen', act: 'pause', ...told, idempotency } as const;
      expect(await at.store.do(holdWorker, pause)).toMatchObject({ kind: 'done', repeated: false });
      await at.store.do(holdWorker, { worker: 'never seen', act: 'resume', reason: '', by: null });
      expect(await at.store.do(holdWorker, pause)).toMatchObject({ kind: 'done', repeated: true });
      expect(await holdOf(at)).toBeNull();
      const answer = { status: 200, type: 'application/json', body: '{}' };
      expect(await at.store.do(readKeptAnswer, idempotency)).toBeUndefined();
      await at.store.do(keepAnswer, { idempotency, answer });
      await at.store.do(keepAnswer, { idempotency, answer: { ...answer, body: 'later' } });
      expect(await at.store.do(readKeptAnswer, idempotency)).toEqual({ kind: 'kept', answer });
      expect(await at.store.do(readKeptAnswer, { key: 'k', call: 'other' })).toEqual({ kind: 'conflict' });
    });

    test('a scheduler that is held decides nothing, and goes on where it was, or after it all', async () => {
      const at = await scene();
      const taken = await at.store.do(takeLease, { name: 's', holder: 'm1', ttlMs: 60_000 });
      const lease = { name: 's', holder: 'm1', fence: taken.kind === 'held' ? taken.fence : 0 };
      const openNow = () => at.store.do(schedulersOpen, { lease, name: 'pushes' });
      const from = await openNow();
      const hold = (act: 'pause' | 'resume', skip = false) =>
        at.store.do(holdScheduler, { scheduler: 'pushes', act, skip, ...told });
      await hold('pause');
      expect(await openNow()).toBeNull();
      const decision = { lease, name: 'pushes', from: from ?? 0, to: 9, buildsets: [] };
      expect(await at.store.do(schedulersDecide, decision)).toEqual({ kind: 'moved' });
      const added = await at.store.do(changesAdd, change('a'));
      expect(await at.store.do(listSchedulerStates, undefined)).toMatchObject([
        { name: 'pushes', hold: told },
      ]);
      await hold('resume');
      expect(await openNow()).toBe(from);
      await hold('pause');
      await hold('resume', true);
      expect(await openNow()).toBe(added.id);
      expect(await hold('resume')).toMatchObject({ answer: { held: false } });
    });

    test('priorities change while a request waits, and are an order of the list', async () => {
      const at = await scene();
      await at.connect('a', { slots: 3 });
      const [one, two, three] = [await at.request(), await at.request(), await at.request()];
      const set = (request: number, priority: number) =>
        at.store.do(setPriority, { request, priority, message: '' });
      expect(await set(two, 5)).toMatchObject({ answer: { kind: 'set' } });
      expect(await set(three, -5)).toMatchObject({ answer: { kind: 'set' } });
      expect(await set(999_999, 1)).toMatchObject({ answer: { kind: 'unknown' } });
      expect((await at.look()).requests.map(({ id }) => id)).toEqual([two, one, three]);
      const order = { field: 'priority', descending: true } as const;
      const page = async (after?: { value: number; id: number }) =>
        (await at.store.do(listRequests, { filter: {}, order: { ...order, after }, limit: 2 })).map(
          ({ id }) => id,
        );
      expect(await page()).toEqual([two, one]);
      expect(await page({ value: 0, id: one })).toEqual([three]);
      const equal = await at.request();
      expect(await page({ value: 5, id: two })).toEqual([one, equal]);
      await at.claim([{ request: two, worker: 'a', slot: 0 }]);
      expect(await set(two, 1)).toMatchObject({ answer: { kind: 'not-waiting', state: 'claimed' } });
    });

    test('buildsets and changes are listed by what they are of', async () => {
      const at = await scene();
      await at.request();
      const listed = async (state: 'waiting' | 'finished') =>
        (await at.store.do(listBuildsets, { filter: { repository: 'app', state }, limit: 5 })).length;
      expect([await listed('waiting'), await listed('finished')]).toEqual([1, 0]);
      const { id } = await at.store.do(changesAdd, change('b'));
      const order = { field: 'committedAt', descending: false, after: { value: 4, id: 1 } } as const;
      const found = await at.store.do(listChanges, { filter: { author: 'Ada' }, order, limit: 5 });
      expect(found.map((one) => one.id)).toEqual([id]);
      expect(await at.store.do(readChangeById, { change: id })).toMatchObject({ id, author: 'Ada' });
      expect(await at.store.do(readChangeById, { change: id + 1 })).toBeUndefined();
    });
  });
}

const change = (digit: string) => ({
  repository: 'app',
  branch: 'main',
  revision: digit.repeat(40),
  author: 'Ada',
  message: 'Mend it',
  committedAt: 5,
  files: [],
  link: null,
});
