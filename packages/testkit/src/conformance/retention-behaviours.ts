import { describe, expect, test } from 'vitest';
import { systemClock } from '@millrace/kernel/clock';
import type { Config } from '@millrace/master/config/config';
import type { BuilderRetention, RetentionConfig } from '@millrace/master/config/retention-config';
import { ChunkReader } from '@millrace/master/logs/chunk-reader';
import { dayMs } from '@millrace/master/model/retention';
import { Retention } from '@millrace/master/retention/retention';
import { addChangeOnce } from '@millrace/master/store/operations/add-change-once';
import { buildsetsAdd } from '@millrace/master/store/operations/buildsets';
import { changesAfter } from '@millrace/master/store/operations/changes';
import { checkPlace, eventsHead, eventsOldest, readEvents } from '@millrace/master/store/operations/events';
import { expireLogs } from '@millrace/master/store/operations/expire-logs';
import { takeLease } from '@millrace/master/store/operations/leases';
import { listBuilds } from '@millrace/master/store/operations/list-builds';
import { readBuild } from '@millrace/master/store/operations/read-builds';
import { readLogDetail } from '@millrace/master/store/operations/read-logs';
import { listRequests } from '@millrace/master/store/operations/read-requests';
import { retentionBounds } from '@millrace/master/store/operations/retention-candidates';
import { previewRetention } from '@millrace/master/store/operations/retention-preview';
import { cancelRequest } from '@millrace/master/store/operations/requests';
import { schedulersDecide, schedulersOpen } from '@millrace/master/store/operations/schedulers';
import type { Store } from '@millrace/master/store/store';
import { revisionOf, Rows } from '../rows.ts';
import type { OpenedStore } from './opened-store.ts';
import { countRows, disconnectAll } from './test-operations.ts';

const forever = new AbortController().signal;
const start = { xid: 0, seq: 0 };

interface Kept {
  readonly retention: RetentionConfig;
  readonly builders?: Readonly<Record<string, BuilderRetention>>;
}

/** What is removed, and what never is, on every store. */
export function retentionBehaviours(name: string, open: () => Promise<OpenedStore>): void {
  /** Only what retention reads of a config. */
  const configOf = ({ retention, builders = {} }: Kept): Config =>
    ({
      retention,
      builders: Object.entries(builders).map(([builder, own]) => ({ name: builder, retention: own })),
      schedulers: [{ name: 's' }],
      workers: [{ name: 'w1' }],
    }) as unknown as Config;
  const pass = async (store: Store, kept: Kept): Promise<void> => {
    const config = configOf(kept);
    const taken = await store.do(takeLease, { name: 'retention', holder: 'm1', ttlMs: 60_000 });
    if (taken.kind !== 'held') throw new Error('the lease is free');
    const duty = new Retention({
      master: 'm1',
      store,
      clock: systemClock,
      config: { get: () => config },
      onTrouble: (error) => {
        throw error;
      },
    });
    await duty.pass({ name: 'retention', holder: 'm1', fence: taken.fence }, forever);
  };
  /** A build with a log of some chunks, ended. */
  const built = async (
    rows: Rows,
    builder: string,
    result: 'success' | 'failure',
    text = 'some text\n',
  ): Promise<{ readonly id: number; readonly log: number }> => {
    const build = await rows.build({ builder, properties: { of: builder } });
    await build.startStep(0);
    const log = await build.openLog(0);
    for (let part = 0; part < 3; part++) await log.print(text);
    await log.close();
    await build.finishStep(0, result);
    await build.finish(result);
    return { id: build.id, log: log.id };
  };
  const builds = async (store: Store): Promise<readonly number[]> =>
    (await store.do(listBuilds, { filter: {}, limit: 100 })).map(({ id }) => id).toReversed();
  const textOf = async (store: Store, log: number): Promise<string> => {
    let text = '';
    for await (const part of new ChunkReader(store).from(log, 0))
      if (part.kind === 'bytes') text += Buffer.from(part.bytes).toString();
    return text;
  };

  describe(`retention on ${name}`, () => {
    test('nothing is removed where nothing is said', async () => {
      const opened = await open();
      const { store } = opened;
      const one = await built(new Rows(store), 'linux', 'failure');
      await opened.advance(29 * dayMs);
      await pass(store, { retention: {} });
      expect(await builds(store)).toEqual([one.id]);
      expect(await textOf(store, one.log)).toBe('some text\n'.repeat(3));
    });

    test('a build that is too old goes with all that is its own; the last green one, a running one and one that waits for its retry stay', async () => {
      const opened = await open();
      const { store } = opened;
      const rows = new Rows(store);
      const green = await built(rows, 'linux', 'success');
      const red = await built(rows, 'linux', 'failure');
      const retried = await rows.build({ builder: 'linux', slot: 1 });
      await retried.finish('exception', 'slot-lost');
      const running = await rows.build({ builder: 'linux', slot: 2 });
      await opened.advance(31 * dayMs);
      const young = await built(rows, 'linux', 'failure');
      await pass(store, { retention: { builds: { days: 30 } } });
      expect(await builds(store)).toEqual([green.id, retried.id, running.id, young.id]);
      expect(await textOf(store, green.log)).toBe('some text\n'.repeat(3));
      expect(await store.do(readBuild, { build: red.id })).toBeUndefined();
      for (const table of ['steps', 'properties', 'logs'])
        expect(await store.do(countRows, { table, build: red.id })).toBe(0);
      const requests = await store.do(listRequests, { filter: {}, limit: 100 });
      expect(requests).toHaveLength(4);
      expect(
        (
          await store.do(readEvents, {
            after: await store.do(eventsOldest, undefined),
            limit: 1000,
            filter: { types: ['builds.expired'] },
          })
        ).events,
      ).toMatchObject([{ builder: 'linux', data: JSON.stringify({ builds: [red.id] }) }]);
    });

    test('of each builder the newest stay, as it says itself', async () => {
      const { store } = await open();
      const rows = new Rows(store);
      const made: Record<string, number[]> = { linux: [], windows: [] };
      for (let count = 0; count < 4; count++)
        for (const builder of ['linux', 'windows'])
          made[builder]?.push((await built(rows, builder, count === 3 ? 'success' : 'failure')).id);
      await pass(store, {
        retention: { builds: { count: 3 } },
        builders: { windows: { builds: { count: 1 } } },
      });
      const kept = await builds(store);
      expect(kept).toEqual(
        [...(made['linux'] ?? []).slice(1), ...(made['windows'] ?? []).slice(3)].toSorted((a, b) => a - b),
      );
    });

    test('a log that is too old is told as such, when and why; its build stays, and its bytes are gone', async () => {
      const opened = await open();
      const { store } = opened;
      const rows = new Rows(store);
      const old = await built(rows, 'linux', 'failure');
      await opened.advance(8 * dayMs);
      const green = await built(rows, 'linux', 'success');
      const bounds = await store.do(retentionBounds, {
        builder: 'linux',
        keeps: { builds: { days: null, count: null }, logs: { days: 7, count: null } },
      });
      const keeps = { builds: { days: null, count: null }, logs: { days: 7, count: null } };
      const preview = await store.do(previewRetention, {
        builder: 'linux',
        keeps,
        bounds,
        after: 0,
        limit: 10,
      });
      expect(preview).toMatchObject({ builds: 0, logs: 1, next: null });
      expect(preview.bytes).toBeGreaterThan(10);
      await pass(store, { retention: { logs: { days: 7 } } });
      expect(await builds(store)).toEqual([old.id, green.id]);
      await expect(textOf(store, old.log)).rejects.toMatchObject({
        code: 'log-expired',
        message: expect.stringContaining('older than 7 days'),
      });
      expect(await store.do(readLogDetail, { log: old.log })).toMatchObject({
        lines: 3,
        expired: { because: 'older than 7 days' },
      });
      expect(await store.do(countRows, { table: 'chunks', log: old.log })).toBe(0);
      expect(await store.do(countRows, { table: 'chunks', log: green.log })).toBe(3);
      expect(
        await store.do(previewRetention, { builder: 'linux', keeps, bounds, after: 0, limit: 10 }),
      ).toMatchObject({
        logs: 0,
        bytes: 0,
      });
    });

    test('a request that ended unbuilt goes by the age of its end', async () => {
      const opened = await open();
      const { store } = opened;
      const rows = new Rows(store);
      await built(rows, 'linux', 'success');
      const request = await rows.request({ builder: 'linux' });
      await store.do(cancelRequest, { request, message: 'not wanted' });
      await opened.advance(2 * dayMs);
      await pass(store, { retention: { builds: { days: 3 } } });
      expect(await store.do(listRequests, { filter: {}, limit: 10 })).toHaveLength(2);
      await pass(store, { retention: { builds: { days: 1 } } });
      expect((await store.do(listRequests, { filter: {}, limit: 10 })).map(({ id }) => id)).not.toContain(
        request,
      );
    });

    test('events older than the horizon are gone, and a cursor from before it is refused', async () => {
      const opened = await open();
      const { store } = opened;
      await built(new Rows(store), 'linux', 'success');
      const before = await store.do(eventsHead, undefined);
      await opened.advance(2 * dayMs);
      await built(new Rows(store), 'windows', 'success');
      const head = await store.do(eventsHead, undefined);
      await pass(store, { retention: { events: { days: 1 } } });
      await expect(store.do(readEvents, { after: start, limit: 10, filter: {} })).rejects.toMatchObject({
        code: 'cursor-expired',
        message: expect.stringContaining('`start`'),
      });
      await expect(store.do(checkPlace, start)).rejects.toMatchObject({ code: 'cursor-expired' });
      // From the horizon on, and from every later place, nothing is missing.
      expect(await store.do(eventsOldest, undefined)).toEqual(before);
      for (const after of [before, head]) await store.do(checkPlace, after);
      const { events } = await store.do(readEvents, { after: before, limit: 100, filter: {} });
      expect(events[0]).toMatchObject({ place: { seq: before.seq + 1 } });
      expect(await store.do(eventsHead, undefined)).toEqual(head);
    });

    test('the newest event stays, so that there is always a place to go on from', async () => {
      const opened = await open();
      const { store } = opened;
      await built(new Rows(store), 'linux', 'success');
      const head = await store.do(eventsHead, undefined);
      await opened.advance(2 * dayMs);
      await pass(store, { retention: { events: { days: 1 } } });
      expect(await store.do(eventsHead, undefined)).toEqual(head);
      expect(await store.do(countRows, { table: 'events' })).toBe(1);
    });

    test('changes that a scheduler has not seen stay; repeats of calls are forgotten after a week', async () => {
      const opened = await open();
      const { store } = opened;
      const taken = await store.do(takeLease, { name: 'schedulers', holder: 'm1', ttlMs: 400 * dayMs });
      if (taken.kind !== 'held') throw new Error('the lease is free');
      const lease = { name: 'schedulers', holder: 'm1', fence: taken.fence };
      await store.do(schedulersOpen, { lease, name: 's' });
      const idempotency = (key: string) => ({ key, call: 'x' });
      for (const digit of ['1', '2']) {
        await store.do(addChangeOnce, {
          change: {
            repository: 'app',
            branch: 'main',
            revision: revisionOf(digit),
            author: 'a',
            message: 'm',
            committedAt: null,
            files: [],
          },
          idempotency: idempotency(digit),
        });
      }
      const [first] = await store.do(changesAfter, { after: 0, limit: 10 });
      const id = first?.id ?? 0;
      await store.do(schedulersDecide, { lease, name: 's', from: 0, to: id, buildsets: [] });
      await opened.advance(8 * dayMs);
      await pass(store, { retention: { changes: { days: 7 } } });
      expect((await store.do(changesAfter, { after: 0, limit: 10 })).map((change) => change.id)).toEqual([
        id + 1,
      ]);
      expect(await store.do(countRows, { table: 'idempotency' })).toBe(0);
      const again = await store.do(buildsetsAdd, {
        scheduler: null,
        reason: 'asked',
        source: null,
        properties: {},
        builders: [],
        idempotency: idempotency('1'),
      });
      expect(again).toMatchObject({ kind: 'done', repeated: false });
    });

    test('a worker that is gone and in no config is forgotten; one of the config is not', async () => {
      const opened = await open();
      const { store } = opened;
      const rows = new Rows(store);
      await rows.worker('w1');
      await rows.worker('old');
      await store.do(disconnectAll, undefined);
      await opened.advance(91 * dayMs);
      await pass(store, { retention: {} });
      expect(await store.do(countRows, { table: 'workers' })).toBe(1);
    });

    test('a master that has lost the lease removes nothing', async () => {
      const opened = await open();
      const { store, second } = opened;
      const old = await built(new Rows(store), 'linux', 'failure');
      await opened.advance(2 * dayMs);
      const taken = await second.do(takeLease, { name: 'retention', holder: 'm2', ttlMs: 60_000 });
      expect(taken.kind).toBe('held');
      await expect(
        store.do(expireLogs, {
          lease: { name: 'retention', holder: 'm1', fence: 1 },
          builder: 'linux',
          keeps: { builds: { days: 1, count: null }, logs: { days: null, count: null } },
          bounds: { lastGreen: 0, buildsFrom: 0, logsFrom: 0 },
          after: 0,
          limit: 10,
        }),
      ).rejects.toMatchObject({ code: 'lease-lost' });
      expect(await textOf(store, old.log)).toBe('some text\n'.repeat(3));
    });
  });
}
