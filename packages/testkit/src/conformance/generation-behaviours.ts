import { describe, expect, test } from 'vitest';
import { branchHeadsBegin, branchHeadsRead } from '@millrace/master/store/operations/branch-heads';
import { changesAdd } from '@millrace/master/store/operations/changes';
import { departedWorker } from '@millrace/master/store/operations/departed-workers';
import {
  enterGeneration,
  generationsMax,
  lastGeneration,
  listGenerations,
  refuseGeneration,
} from '@millrace/master/store/operations/generations';
import type { EnterGeneration } from '@millrace/master/store/operations/generations';
import { takeLease } from '@millrace/master/store/operations/leases';
import type { HeldLease } from '@millrace/master/store/operations/leases';
import { planToKeep } from '@millrace/master/store/operations/plan-to-keep';
import { startMasterRow } from '@millrace/master/store/operations/masters';
import { readReloadFacts } from '@millrace/master/store/operations/reload-facts';
import { schedulersOpen } from '@millrace/master/store/operations/schedulers';
import type { Store } from '@millrace/master/store/store';
import { beat, lostAfterMs, Scene } from './dispatch-scene.ts';
import type { OpenedStore } from './opened-store.ts';

const nothing = { settings: [], nouns: [], consequences: [], leftOff: 0 };
const entering: EnterGeneration = {
  master: 'm1',
  how: 'reload',
  by: 'ann',
  before: 'g1',
  generation: 'g2',
  counts: { added: 1, changed: 0, removed: 0 },
  diff: nothing,
  config: '{"lostAfterMs":1}',
  schedulers: [],
  workers: [],
  departed: [],
  repositoriesGone: [],
  graceAnew: false,
  patient: false,
};

const change = (store: Store, revision: string) =>
  store.do(changesAdd, {
    repository: 'app',
    branch: 'main',
    revision,
    author: 'Ann',
    message: '',
    committedAt: null,
    files: [],
  });

async function lease(store: Store, name: string): Promise<HeldLease> {
  const taken = await store.do(takeLease, { name, holder: 'one', ttlMs: 60_000 });
  if (taken.kind !== 'held') throw new Error('the lease is taken');
  return { name, holder: 'one', fence: taken.fence };
}

/** What versions of the config leave in a store, on every store. */
export function generationBehaviours(name: string, open: () => Promise<OpenedStore>): void {
  describe(`generations on ${name}`, () => {
    test('are listed newest first, some hundreds of each master, and the newest keeps what it said', async () => {
      const { store } = await open();
      for (let number = 0; number < generationsMax + 3; number++)
        await store.do(enterGeneration, { ...entering, generation: `g${number}`, before: null });
      await store.do(enterGeneration, { ...entering, master: 'm2' });
      const all = await store.do(listGenerations, { master: 'm1', limit: 1_000 });
      expect(all).toHaveLength(generationsMax);
      expect(all[0]).toMatchObject({
        generation: `g${generationsMax + 2}`,
        how: 'reload',
        by: 'ann',
        counts: { added: 1 },
        diff: nothing,
      });
      const [, second] = all;
      const rest = await store.do(listGenerations, { master: 'm1', before: all[0]?.id, limit: 1 });
      expect(rest).toEqual([second]);
      expect(await store.do(lastGeneration, { master: 'm1' })).toEqual({
        generation: `g${generationsMax + 2}`,
        config: '{"lostAfterMs":1}',
      });
      expect(await store.do(lastGeneration, { master: 'm3' })).toBeUndefined();
    });

    test('a start with the same one adds none, and a refusal is an event alone', async () => {
      const { store } = await open();
      await store.do(enterGeneration, { ...entering, how: 'start', before: 'g2' });
      await store.do(refuseGeneration, {
        master: 'm1',
        by: null,
        generation: 'g2',
        code: 'c',
        problems: ['p'],
      });
      expect(await store.do(listGenerations, { master: 'm1', limit: 10 })).toEqual([]);
    });

    test('a scheduler that comes begins at the newest change, one that leaves stands still, also when it returns', async () => {
      const { store } = await open();
      const held = await lease(store, 'schedulers');
      const at = () => store.do(schedulersOpen, { lease: held, name: 'pushes' });
      const { id: first } = await change(store, 'a');
      await store.do(enterGeneration, { ...entering, schedulers: ['pushes'] });
      const { id: second } = await change(store, 'b');
      await store.do(enterGeneration, { ...entering, schedulers: ['pushes'] });
      expect(await at()).toBe(first);
      const leaves = { ...entering, schedulers: [] };
      expect(await store.do(enterGeneration, { ...leaves, patient: true })).toEqual({
        kind: 'behind',
        schedulers: ['pushes'],
      });
      expect(await at()).toBe(first);
      expect(await store.do(enterGeneration, leaves)).toEqual({ kind: 'entered' });
      expect(await at()).toBeNull();
      const facts = await store.do(readReloadFacts, undefined);
      expect(facts.schedulers).toEqual([{ name: 'pushes', leftAt: expect.any(Number), behind: 1 }]);
      await store.do(enterGeneration, { ...entering, schedulers: ['pushes'] });
      expect(await at()).toBe(second);
    });

    test('a start takes no scheduler from another master that lives', async () => {
      const { store } = await open();
      const held = await lease(store, 'schedulers');
      await store.do(startMasterRow, { ...beat, master: 'm1' });
      await store.do(enterGeneration, { ...entering, schedulers: ['pushes'] });
      await store.do(enterGeneration, { ...entering, master: 'm2', how: 'start' });
      expect(await store.do(schedulersOpen, { lease: held, name: 'pushes' })).not.toBeNull();
    });

    test('a worker that leaves is known while a build runs there, and a repository that leaves is forgotten', async () => {
      const opened = await open();
      const scene = new Scene(opened);
      const { store } = opened;
      await scene.connect('a');
      const departed = [{ name: 'a', entry: '{"name":"a"}' }];
      await store.do(branchHeadsBegin, {
        lease: await lease(store, 'poller'),
        repository: 'app',
        heads: [{ branch: 'main', revision: 'x' }],
      });
      const request = await scene.request();
      const [claimed] = await scene.claim([{ request, worker: 'a', slot: 0 }]);
      if (claimed?.kind !== 'claimed') throw new Error('a free slot takes a build');
      const facts = await store.do(readReloadFacts, undefined);
      expect(facts).toMatchObject({
        waiting: {},
        running: [{ builder: 'linux', worker: 'a', builds: 1 }],
        connected: ['a'],
        branches: [{ repository: 'app', branch: 'main' }],
      });
      await store.do(enterGeneration, { ...entering, departed, repositoriesGone: ['app'] });
      expect(await store.do(branchHeadsRead, { repository: 'app' })).toBeNull();
      expect(await store.do(departedWorker, { worker: 'a' })).toBe('{"name":"a"}');
      await scene.refuse(claimed);
      expect(await store.do(departedWorker, { worker: 'a' })).toBeNull();
      expect((await store.do(readReloadFacts, undefined)).waiting).toEqual({ linux: 1 });
    });

    test("a build that its worker stops in silence is lost by its own plan's time, not by the config's", async () => {
      const scene = new Scene(await open());
      await scene.store.do(startMasterRow, beat);
      await scene.connect('a');
      await scene.connect('b');
      for (const [worker, onSilence] of [
        ['a', 'stop'],
        ['b', 'retry'],
      ] as const) {
        const request = await scene.request();
        const plan = {
          version: 1,
          properties: {},
          env: {},
          steps: [],
          onSilence,
          lostAfterMs: 60_000,
        } as const;
        await scene.claim([
          { request, worker, slot: 0, plan: planToKeep(plan), planHash: worker.repeat(64) },
        ]);
      }
      expect(await scene.listen(lostAfterMs + 3_000)).toEqual(['b']);
      expect(await scene.listen(60_000)).toEqual(['a']);
    });
  });
}
