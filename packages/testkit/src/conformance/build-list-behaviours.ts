import { describe, expect, test } from 'vitest';
import type { BuildFilter } from '@millrace/master/store/operations/build-filter';
import { listBriefBuilds, listBuilds } from '@millrace/master/store/operations/list-builds';
import { listProperties } from '@millrace/master/store/operations/list-properties';
import type { ListOrder } from '@millrace/master/store/operations/list-order';
import type { Store } from '@millrace/master/store/store';
import { Rows } from '../rows.ts';
import type { RowBuild } from '../rows.ts';
import type { OpenedStore } from './opened-store.ts';

type Order = ListOrder<'id' | 'startedAt' | 'finishedAt'>;

/** How lists of many builds are narrowed and read, on every store. */
export function buildListBehaviours(name: string, open: () => Promise<OpenedStore>): void {
  /** Begun a second apart, alternately of two builders; all but the last ended half a second later. */
  const scene = async (count: number): Promise<{ store: Store; builds: RowBuild[]; begun: number[] }> => {
    const opened = await open();
    const { store } = opened;
    const rows = new Rows(store);
    const builds: RowBuild[] = [];
    for (let made = 0; made < count; made++) {
      const builder = made % 2 === 0 ? 'linux' : 'windows';
      const build = await rows.build({ builder, properties: { made, even: made % 2 === 0 } });
      builds.push(build);
      await opened.advance(500);
      if (made < count - 1) await build.finish(made % 3 === 0 ? 'failure' : 'success');
      await opened.advance(500);
    }
    const listed = await store.do(listBriefBuilds, { filter: {}, limit: count });
    return { store, builds, begun: listed.toReversed().map(({ startedAt }) => startedAt) };
  };
  const falling = (field: Order['field']): Order => ({ field, descending: true });

  describe(`lists of builds on ${name}`, () => {
    test('are narrowed by spans of time, which share nothing where they touch', async () => {
      const { store, builds, begun } = await scene(6);
      const which = async (filter: BuildFilter, order?: Order): Promise<number[]> => {
        const wanted = { filter, limit: 10, ...(order && { order }) };
        const found = await store.do(listBuilds, wanted);
        const brief = await store.do(listBriefBuilds, wanted);
        expect(brief.map(({ id }) => id)).toEqual(found.map(({ id }) => id));
        return found.map(({ id }) => builds.findIndex((build) => build.id === id));
      };
      const [, , third = 0, fourth = 0] = begun;
      for (const order of [undefined, falling('startedAt'), falling('id')]) {
        expect(await which({ started: { after: fourth } }, order)).toEqual([5, 4, 3]);
        expect(await which({ started: { before: fourth } }, order)).toEqual([2, 1, 0]);
      }
      expect(await which({ started: { after: third, before: fourth } })).toEqual([2]);
      expect(await which({ started: { after: fourth, before: third } })).toEqual([]);
      expect(await which({ started: {} })).toEqual([5, 4, 3, 2, 1, 0]);
      const since = { started: { after: third } };
      expect(await which({ ...since, builder: 'linux' }, falling('startedAt'))).toEqual([4, 2]);
      expect(await which({ ...since, builders: ['linux'] }, falling('startedAt'))).toEqual([4, 2]);
      expect(await which({ ...since, results: ['failure'], worker: 'w1' })).toEqual([3]);
      expect(await which({ ...since, states: ['running'] })).toEqual([5]);
      // The last one has not ended.
      expect(await which({ finished: { after: third } }, falling('finishedAt'))).toEqual([4, 3, 2]);
      expect(await which({ finished: { before: third } })).toEqual([1, 0]);
      expect(await which({ started: { after: third }, finished: { before: fourth } })).toEqual([2]);
    });

    test('are narrowed by several at once, whichever index they are read by', async () => {
      const { store, builds } = await scene(6);
      const which = async (filter: BuildFilter, order: Order = falling('id')): Promise<number[]> => {
        const found = await store.do(listBuilds, { filter, limit: 3, order });
        return found.map(({ id }) => builds.findIndex((build) => build.id === id));
      };
      expect(await which({ builders: ['linux', 'windows'] })).toEqual([5, 4, 3]);
      expect(await which({ builders: [] })).toEqual([]);
      expect(await which({ results: ['failure', 'success'] })).toEqual([4, 3, 2]);
      expect(await which({ builder: 'windows', states: ['finished'] })).toEqual([3, 1]);
      expect(await which({ builder: 'windows', number: 2 })).toEqual([3]);
      expect(await which({ builder: 'windows' }, falling('finishedAt'))).toEqual([3, 1]);
      expect(await which({ worker: 'w1', results: ['success'] }, falling('startedAt'))).toEqual([4, 2, 1]);
      expect(await which({ request: builds[2]?.request ?? 0, results: ['success'] })).toEqual([2]);
    });

    test('brief ones tell the same as whole ones, as far as they tell', async () => {
      const { store } = await scene(3);
      const wanted = { filter: {}, limit: 10 };
      const whole = await store.do(listBuilds, wanted);
      for (const [index, brief] of (await store.do(listBriefBuilds, wanted)).entries())
        expect(whole[index]).toMatchObject(brief);
    });

    test('are told the properties of each build, in their order and by their names', async () => {
      const { store, builds } = await scene(102);
      const ids = builds.map(({ id }) => id);
      const read = (of: readonly number[], charactersMax = 1_000_000) =>
        store.do(listProperties, { builds: of, charactersMax });
      const of = (made: number) => [
        { name: 'even', value: made % 2 === 0, source: 'buildset' },
        { name: 'made', value: made, source: 'buildset' },
      ];
      const newestFirst = ids.toReversed();
      expect(await read(newestFirst)).toEqual(newestFirst.map((_id, index) => of(101 - index)));
      expect(await read([])).toEqual([]);
      expect(await read([ids[3] ?? 0, 1e15])).toEqual([of(3), []]);
      // Those of the first hundred are long enough.
      expect(await read(ids, 1)).toHaveLength(100);
    });
  });
}
