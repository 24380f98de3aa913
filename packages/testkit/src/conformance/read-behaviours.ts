import { describe, expect, test } from 'vitest';
import { addChangeOnce } from '@millrace/master/store/operations/add-change-once';
import { readBuilderActivity } from '@millrace/master/store/operations/read-builders';
import { listBuilds } from '@millrace/master/store/operations/list-builds';
import { readBuildDetail } from '@millrace/master/store/operations/read-builds';
import type { BuildFilter } from '@millrace/master/store/operations/build-filter';
import { listChanges, readChange } from '@millrace/master/store/operations/read-changes';
import { readOnce } from '@millrace/master/store/operations/read-idempotency';
import {
  readLogAtLine,
  readLogDetail,
  readLogEnd,
  readLogFromByte,
  readLogGaps,
} from '@millrace/master/store/operations/read-logs';
import type { LogPart } from '@millrace/master/store/operations/read-logs';
import { readPlan } from '@millrace/master/store/operations/read-plan';
import { readFigures } from '@millrace/master/store/operations/read-metrics';
import { readBuildset } from '@millrace/master/store/operations/read-buildsets';
import { listRequests, readRequest } from '@millrace/master/store/operations/read-requests';
import { readSteps } from '@millrace/master/store/operations/read-steps';
import { listMasters, listWorkers } from '@millrace/master/store/operations/read-workers';
import { startMasterRow } from '@millrace/master/store/operations/masters';
import type { Store } from '@millrace/master/store/store';
import { revisionOf, Rows } from '../rows.ts';
import type { RowLog } from '../rows.ts';
import type { OpenedStore } from './opened-store.ts';

const source = { repository: 'app', branch: 'main', revision: revisionOf('b') };

/** What the answers to people's questions promise, on every store. Numbers that a store gives out are its own. */
export function readBehaviours(name: string, open: () => Promise<OpenedStore>): void {
  const scene = async (): Promise<{ store: Store; rows: Rows }> => {
    const { store } = await open();
    return { store, rows: new Rows(store) };
  };

  describe(`questions about builds on ${name}`, () => {
    test('are narrowed by everything that is asked, newest first', async () => {
      const { store, rows } = await scene();
      const first = await rows.build({
        builder: 'linux',
        source,
        properties: { colour: 'blue', jobs: 4, on: true },
      });
      await first.finish('failure');
      const second = await rows.build({ builder: 'windows', worker: 'w2' });
      const ids = async (filter: BuildFilter, before?: number) => {
        const after = before === undefined ? undefined : { value: before, id: before };
        const order = { field: 'id', descending: true, after } as const;
        return (await store.do(listBuilds, { filter, order, limit: 10 })).map(({ id }) => id);
      };
      expect(await ids({})).toEqual([second.id, first.id]);
      expect(await ids({}, second.id)).toEqual([first.id]);
      const { repository: _, ...ofSource } = source;
      expect(
        await ids({ ...ofSource, builder: 'linux', number: 1, request: first.request, worker: 'w1' }),
      ).toEqual([first.id]);
      expect(await ids({ states: ['running', 'finished'], results: ['failure', 'success'] })).toEqual([
        first.id,
      ]);
      const detail = await store.do(readBuildDetail, { build: first.id });
      expect(detail).toMatchObject({
        state: 'finished',
        result: 'failure',
        cancelling: false,
        silent: false,
        properties: [{ value: 'blue' }, { value: 4 }, { value: true }],
        attempts: [{ id: first.id }],
        change: null,
      });
      expect(await store.do(readBuildDetail, { build: second.id + 1 })).toBeUndefined();
      expect(await store.do(readSteps, { build: second.id + 1 })).toBeUndefined();
      expect(await store.do(readPlan, { build: first.id })).toMatchObject({
        builder: 'linux',
        number: 1,
        plan: { version: 1, properties: { colour: 'blue', jobs: 4, on: true } },
      });
      expect(await store.do(readPlan, { build: second.id + 1 })).toBeUndefined();
      const activity = await store.do(readBuilderActivity, { builders: ['windows', 'linux', 'none'] });
      expect(activity.map(({ pending, running, lastBuild }) => [pending, running, lastBuild?.id])).toEqual([
        [0, 1, second.id],
        [0, 0, first.id],
        [0, 0, undefined],
      ]);
    });

    test('tell requests, buildsets, workers and masters', async () => {
      const { store, rows } = await scene();
      const build = await rows.build({ builder: 'linux', source });
      const waiting = await rows.request({ builder: 'linux' });
      const listed = await store.do(listRequests, {
        filter: { builder: 'linux', states: ['pending'] },
        limit: 5,
      });
      expect(listed.map(({ id }) => id)).toEqual([waiting]);
      const request = await store.do(readRequest, { request: build.request });
      expect(request).toMatchObject({ state: 'claimed', build: build.id, ...source });
      const buildset = await store.do(readBuildset, { buildset: request?.buildset ?? 0 });
      expect(buildset).toMatchObject({ ...source, state: 'waiting', requests: [{ id: build.request }] });
      expect(await store.do(listWorkers, undefined)).toMatchObject([
        {
          name: 'w1',
          connected: true,
          accepts: true,
          silent: false,
          builds: [build.id],
          facts: { os: 'linux' },
        },
      ]);
      await store.do(startMasterRow, { master: 'm2', incarnation: 'i', beatMs: 1_000 });
      expect(await store.do(listMasters, undefined)).toMatchObject([{ name: 'm2', stoppedAt: null }]);
      expect(await store.do(readFigures, undefined)).toMatchObject({
        finishedBuilds: [],
        runningBuilds: 1,
        pendingRequests: [{ builder: 'linux', requests: 1 }],
        connectedWorkers: 1,
        slots: 4,
        keptBytes: expect.any(Number),
      });
    });

    test('tell changes, each of which was added once', async () => {
      const { store } = await scene();
      const change = { ...source, author: 'Ada', message: 'Mend it', committedAt: 5, files: ['a.ts'] };
      const idempotency = { key: 'k', call: 'c' };
      expect(await store.do(readOnce, idempotency)).toBeUndefined();
      const added = await store.do(addChangeOnce, { change, idempotency });
      expect(added).toMatchObject({ kind: 'done', answer: { added: true } });
      expect(await store.do(addChangeOnce, { change, idempotency })).toMatchObject({
        ...added,
        repeated: true,
      });
      expect(await store.do(readOnce, idempotency)).toMatchObject({ kind: 'done' });
      expect(await store.do(readOnce, { key: 'k', call: 'other' })).toEqual({ kind: 'conflict' });
      expect(
        await store.do(listChanges, { filter: { repository: 'app', branch: 'main' }, limit: 5 }),
      ).toMatchObject([change]);
      expect(await store.do(readChange, source)).toMatchObject(change);
      expect(await store.do(readChange, { ...source, branch: 'x' })).toBeUndefined();
    });
  });

  describe(`the index of a log on ${name}`, () => {
    const places = (part: LogPart | undefined) => part?.chunks.map(({ firstByte }) => firstByte);
    const printed = async (): Promise<{ store: Store; log: RowLog }> => {
      const { store, rows } = await scene();
      const build = await rows.build({ builder: 'linux' });
      await build.startStep(0);
      const log = await build.openLog(0);
      await log.print('one\ntw');
      await log.print('o\n');
      await log.gap(10, 100);
      await log.print('last');
      return { store, log };
    };

    test('is read from any byte, and from where a line begins', async () => {
      const { store, log } = await printed();
      const fromByte = (from: number, limit = 10) => store.do(readLogFromByte, { log: log.id, from, limit });
      expect(places(await fromByte(0))).toEqual([0, 6, 8, 108]);
      expect(places(await fromByte(5, 2))).toEqual([0, 6]);
      expect(places(await fromByte(6))).toEqual([6, 8, 108]);
      expect(places(await fromByte(107))).toEqual([8, 108]);
      expect(places(await fromByte(112))).toEqual([]);
      const atLine = async (line: number) => places(await store.do(readLogAtLine, { log: log.id, line }));
      expect([await atLine(0), await atLine(1), await atLine(2), await atLine(12)]).toEqual([
        [0],
        [0],
        [6],
        [8],
      ]);
      expect(places(await store.do(readLogEnd, { log: log.id }))).toEqual([108]);
    });

    test('tells gaps, and how the log stands', async () => {
      const { store, log } = await printed();
      const gaps = await store.do(readLogGaps, { log: log.id });
      expect(gaps?.chunks).toEqual([
        { firstByte: 8, bytes: 100, firstLine: 2, lines: 10, storedBytes: 0, place: null },
      ]);
      expect(gaps?.log).toMatchObject({ state: 'open', bytes: 112, lines: 12 });
      await log.close();
      expect(await store.do(readLogDetail, { log: log.id })).toMatchObject({
        state: 'closed',
        lines: 13,
        bytes: 112,
        stepName: 'compile',
      });
      for (const read of [readLogEnd, readLogGaps, readLogDetail])
        expect(await store.do<{ log: number }, unknown>(read, { log: log.id + 1 })).toBeUndefined();
    });
  });
}
