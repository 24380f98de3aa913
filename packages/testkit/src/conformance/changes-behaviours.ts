import { describe, expect, test } from 'vitest';
import {
  branchHeadsBegin,
  branchHeadsForget,
  branchHeadsMove,
  branchHeadsRead,
} from '@millrace/master/store/operations/branch-heads';
import { changesAdd, changesAfter } from '@millrace/master/store/operations/changes';
import type { NewChange } from '@millrace/master/store/operations/changes';
import { takeLease } from '@millrace/master/store/operations/leases';
import type { HeldLease } from '@millrace/master/store/operations/leases';
import { readEvents } from '@millrace/master/store/operations/events';
import { hookDeliver } from '@millrace/master/store/operations/hook-deliveries';
import { listChanges } from '@millrace/master/store/operations/read-changes';
import {
  repositoriesList,
  repositoriesLooked,
  repositoriesNudge,
  repositoriesRead,
} from '@millrace/master/store/operations/repositories';
import type { LookOutcome } from '@millrace/master/store/operations/repositories';
import { listRequests } from '@millrace/master/store/operations/read-requests';
import { schedulersDecide, schedulersOpen } from '@millrace/master/store/operations/schedulers';
import type { Store } from '@millrace/master/store/store';
import type { OpenedStore } from './opened-store.ts';

const changeOf = (revision: string): NewChange => ({
  repository: 'app',
  branch: 'main',
  revision,
  author: 'Ann',
  message: revision,
  committedAt: null,
  files: ['a', 'b'],
});

async function held(store: Store, name: string, holder = 'one'): Promise<HeldLease> {
  const taken = await store.do(takeLease, { name, holder, ttlMs: 1_000 });
  if (taken.kind !== 'held') throw new Error('the lease is taken');
  return { name, holder, fence: taken.fence };
}

/** What changes, branch heads and schedulers promise, on every store. */
export function changesBehaviours(name: string, open: () => Promise<OpenedStore>): void {
  describe(`changes on ${name}`, () => {
    test('a change is added once, however often and from wherever it is told', async () => {
      const { store, second } = await open();
      const told = await Promise.all([store, second, store].map((one) => one.do(changesAdd, changeOf('a'))));
      expect(told.filter(({ added }) => added)).toHaveLength(1);
      expect(new Set(told.map(({ id }) => id)).size).toBe(1);
    });

    test('a reader with a cursor sees each change once, while several add them', async () => {
      const { store, second } = await open();
      const adding = { on: true };
      const adds = Promise.all(
        Array.from({ length: 60 }, (_, index) =>
          (index % 2 ? store : second).do(changesAdd, changeOf(`r${index}`)),
        ),
      ).finally(() => {
        adding.on = false;
      });
      const seen: string[] = [];
      let after = 0;
      const read = async (): Promise<number> => {
        const page = await second.do(changesAfter, { after, limit: 7 });
        seen.push(...page.map(({ revision }) => revision));
        after = page.at(-1)?.id ?? after;
        return page.length;
      };
      while (adding.on) {
        await read();
        // A store in place answers reads in microtasks, and would never come to its commits.
        await new Promise(setImmediate);
      }
      await adds;
      while ((await read()) > 0);
      expect(seen.toSorted()).toEqual(Array.from({ length: 60 }, (_, index) => `r${index}`).toSorted());
    });

    test('heads and their changes are known together, and only to the holder of the lease', async () => {
      const opened = await open();
      const { store } = opened;
      const lease = await held(store, 'repository-poller');
      const repository = 'app';
      expect(await store.do(branchHeadsRead, { repository })).toBeNull();
      await store.do(branchHeadsBegin, { lease, repository, heads: [] });
      expect(await store.do(branchHeadsRead, { repository })).toEqual([]);
      const head = { branch: 'main', revision: 'b' };
      const move = { lease, repository, head, changes: [changeOf('a'), changeOf('b')] };
      expect(await store.do(branchHeadsMove, move)).toBe(2);
      expect(await store.do(branchHeadsMove, move)).toBe(0);
      expect(await store.do(branchHeadsRead, { repository })).toEqual([head]);
      await store.do(branchHeadsForget, { lease, repository, branch: 'main' });
      expect(await store.do(branchHeadsRead, { repository })).toEqual([]);
      await opened.advance(2_000);
      await expect(store.do(branchHeadsMove, { ...move, changes: [changeOf('c')] })).rejects.toMatchObject({
        code: 'lease-lost',
      });
      expect(await store.do(changesAfter, { after: 0, limit: 10 })).toHaveLength(2);
    });

    test('trouble with a repository is told once, and that it is over', async () => {
      const { store, second } = await open();
      const lease = await held(store, 'repository-poller');
      const repository = 'app';
      const look = (outcome: LookOutcome): Promise<void> =>
        store.do(repositoriesLooked, { lease, repository, outcome });
      const trouble = {
        kind: 'trouble',
        trouble: 'credentials',
        message: 'It asks for a password.',
      } as const;
      await look(trouble);
      await look({ ...trouble, message: 'It still does.' });
      const seen = await second.do(repositoriesRead, { repository });
      expect(seen).toMatchObject({
        trouble: 'credentials',
        message: 'It still does.',
        failures: 2,
        readAt: null,
      });
      await look({ kind: 'read', watched: '{}' });
      await second.do(repositoriesNudge, { repository });
      const [well] = await second.do(repositoriesList, undefined);
      expect(well).toMatchObject({
        name: 'app',
        watched: '{}',
        trouble: null,
        failures: 0,
        troubleSince: null,
      });
      expect(well?.nudgedAt).toBeGreaterThan(0);
      const { events } = await second.do(readEvents, { after: { xid: 0, seq: 0 }, limit: 10, filter: {} });
      const told = events.map(({ type }) => type).filter((type) => type.startsWith('repository.'));
      expect(told).toEqual(['repository.trouble', 'repository.recovered']);
    });

    test('what a hook delivers is written down once, whatever its texts hold', async () => {
      const { store, second } = await open();
      const change = {
        ...changeOf('a'),
        author: 'x'.repeat(5_000),
        message: 'a \0 and \ud800',
        link: 'https://x/a',
      };
      const delivery = {
        idempotency: { key: 'hook:h:1', call: 'digest' },
        repository: 'app',
        branch: 'main',
        changes: [change],
        skipped: 3,
        poll: true,
        message: 'one change',
      };
      const first = await store.do(hookDeliver, delivery);
      expect(first).toMatchObject({ kind: 'done', answer: { outcome: 'changes' }, repeated: false });
      expect(await second.do(hookDeliver, delivery)).toEqual({ ...first, repeated: true });
      const other = { ...delivery, idempotency: { key: 'hook:h:1', call: 'another' } };
      expect(await second.do(hookDeliver, other)).toEqual({ kind: 'conflict' });
      const [kept] = await second.do(listChanges, { filter: {}, limit: 10 });
      expect(kept).toMatchObject({ message: 'a \u{fffd} and \u{fffd}', link: 'https://x/a' });
      expect(kept?.author).toHaveLength(1_000);
    });

    test('a scheduler begins at the newest change, and decides about each place once', async () => {
      const { store } = await open();
      const { id } = await store.do(changesAdd, changeOf('old'));
      const lease = await held(store, 'schedulers');
      const from = (await store.do(schedulersOpen, { lease, name: 'pushes' })) ?? -1;
      expect(from).toBe(id);
      const { id: to } = await store.do(changesAdd, changeOf('new'));
      expect(await store.do(schedulersOpen, { lease, name: 'pushes' })).toBe(id);
      const source = { repository: 'app', branch: 'main', revision: 'new' };
      const builders = [{ name: 'linux', priority: 3 }];
      const buildset = { scheduler: 'pushes', reason: 'main new', source, properties: {}, builders };
      const decision = { lease, name: 'pushes', from, to, buildsets: [buildset] };
      expect(await store.do(schedulersDecide, decision)).toEqual({ kind: 'decided' });
      expect(await store.do(schedulersDecide, decision)).toEqual({ kind: 'moved' });
      const requests = await store.do(listRequests, { filter: {}, limit: 10 });
      expect(requests).toMatchObject([{ builder: 'linux', priority: 3, revision: 'new', state: 'pending' }]);
    });
  });
}
