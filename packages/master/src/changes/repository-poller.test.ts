import { FakeClock } from '@millrace/testkit/fake-clock';
import { SeededRandom } from '@millrace/testkit/seeded-random';
import { repositoryConfigOf } from '@millrace/testkit/repository-config';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Config } from '../config/config.ts';
import type { RepositoryConfig } from '../config/source-config.ts';
import { changesAfter } from '../store/operations/changes.ts';
import { readEvents } from '../store/operations/events.ts';
import { repositoriesNudge } from '../store/operations/repositories.ts';
import { openSqliteInPlace } from '../store/sqlite/in-place.ts';
import type { Store } from '../store/store.ts';
import { RepositoryPoller } from './repository-poller.ts';
import type { SourceHead, SourceLog, SourceReader, Way } from './source-reader.ts';
import { SourceError } from './source-trouble.ts';

const app = repositoryConfigOf({ name: 'app', branches: ['main', 'release/*'], pollEveryMs: 500 });

/** A repository whose revisions are numbers: the way from 3 to 5 is 4, 5. */
class CountingSource implements SourceReader {
  current: Record<string, number> = {};
  broken: string | undefined;
  /** Branches that somebody has pushed over. */
  readonly rewritten = new Set<string>();
  looks = 0;

  async heads(): Promise<readonly SourceHead[]> {
    this.looks++;
    if (this.broken !== undefined) throw new SourceError('not-found', this.broken);
    return Object.entries(this.current).map(([branch, revision]) => ({ branch, revision: String(revision) }));
  }

  async log(_repository: unknown, { branch, from, to, limit }: Way): Promise<SourceLog> {
    const count = from === null || branch.startsWith('refs/tags/') ? 1 : Math.abs(Number(to) - Number(from));
    const all = Array.from({ length: count }, (_, index) => String(Number(to) - index)).toReversed();
    const commits = all.slice(-limit).map((revision) => ({
      revision,
      author: 'Ann <ann@x>',
      committedAt: 1,
      message: `commit ${revision}`,
      files: [],
    }));
    const rewritten = this.rewritten.has(branch);
    return { commits, skipped: all.length - commits.length, rewritten };
  }

  async resolve(): Promise<never> {
    throw new Error('not asked here');
  }
}

let clock: FakeClock;
let store: Store;
let source: CountingSource;
let lines: string[];
let ends: (() => Promise<void>)[];
let repositories: readonly RepositoryConfig[];

beforeEach(() => {
  clock = new FakeClock();
  store = openSqliteInPlace({ folder: null, clock, random: new SeededRandom(1) });
  source = new CountingSource();
  lines = [];
  ends = [];
  repositories = [app];
});
afterEach(async () => {
  for (const end of ends) await end();
  await store.close();
  expect(clock.pending).toBe(0);
});

function start(master = 'one'): () => Promise<void> {
  const stop = new AbortController();
  const poller = new RepositoryPoller({
    master,
    store,
    config: { get: () => ({ repositories }) as unknown as Config },
    reader: source,
    clock,
    onTrouble: (error) => lines.push(String(error)),
    log: (line) => lines.push(line),
  });
  const running = poller.run(stop.signal);
  const end = async (): Promise<void> => {
    stop.abort();
    await running;
  };
  ends.push(end);
  return end;
}

async function changes(): Promise<readonly string[]> {
  const found = await store.do(changesAfter, { after: 0, limit: 1000 });
  return found.map(({ branch, revision }) => `${branch} ${revision}`);
}

it('takes what it sees first as known, and each commit after it as a change', async () => {
  source.current = { main: 7, other: 1 };
  start();
  await clock.advance(2_000);
  expect(await changes()).toEqual([]);
  source.current = { main: 9, other: 2 };
  await clock.advance(600);
  expect(await changes()).toEqual(['main 8', 'main 9']);
});

it('takes the head of a branch that comes later as one change, also the first of an empty repository', async () => {
  start();
  await clock.advance(600);
  source.current = { main: 1 };
  await clock.advance(600);
  source.current = { main: 1, 'release/1': 1 };
  await clock.advance(600);
  delete source.current['release/1'];
  await clock.advance(600);
  source.current = { main: 1, 'release/1': 5 };
  await clock.advance(600);
  expect(await changes()).toEqual(['main 1', 'release/1 1', 'release/1 5']);
});

it('finds what was pushed while no master ran, once', async () => {
  source.current = { main: 1 };
  const end = start();
  await clock.advance(600);
  await end();
  source.current = { main: 3 };
  start();
  await clock.advance(600);
  expect(await changes()).toEqual(['main 2', 'main 3']);
});

it('takes the newest of very many commits and says that it passed over the others', async () => {
  source.current = { main: 1 };
  start();
  await clock.advance(600);
  source.current = { main: 81 };
  await clock.advance(600);
  expect(await changes()).toHaveLength(50);
  expect((await changes())[0]).toBe('main 32');
  expect(lines).toEqual([
    'Repository "app", branch "main": 80 new commits; the newest 50 were taken, 30 older ones passed over.',
  ]);
});

it('says once that a repository cannot be read, and when it can be read again', async () => {
  source.broken = 'no such folder';
  start();
  await clock.advance(60_000);
  source.broken = undefined;
  await clock.advance(5 * 60_000);
  expect(lines).toEqual([
    'Repository "app" cannot be read: no such folder',
    'Repository "app" can be read again.',
  ]);
});

it('leaves the polling to one master at a time, and goes on when that one is gone', async () => {
  source.current = { main: 1 };
  const end = start('one');
  await clock.advance(600);
  start('two');
  source.current = { main: 2 };
  await clock.advance(30_000);
  expect(await changes()).toEqual(['main 2']);
  await end();
  source.current = { main: 3 };
  await clock.advance(2_000);
  expect(await changes()).toEqual(['main 2', 'main 3']);
});

async function events(): Promise<readonly object[]> {
  const { events: found } = await store.do(readEvents, {
    after: { xid: 0, seq: 0 },
    limit: 1_000,
    filter: {},
  });
  return found
    .filter(({ type }) => type.startsWith('repository.'))
    .map(({ type, data }) => ({ type, ...(JSON.parse(data) as object) }));
}

it('tells as events what was passed over, pushed over, and when a repository could not be read', async () => {
  source.current = { main: 1 };
  start();
  await clock.advance(600);
  source.current = { main: 1_001 };
  await clock.advance(600);
  source.rewritten.add('main');
  source.current = { main: 1_000 };
  await clock.advance(600);
  source.broken = 'no such folder';
  await clock.advance(10_000);
  source.broken = undefined;
  await clock.advance(5 * 60_000);
  expect(await events()).toEqual([
    { type: 'repository.skipped', repository: 'app', branch: 'main', taken: 50, skipped: 950 },
    { type: 'repository.rewritten', repository: 'app', branch: 'main', from: '1001', to: '1000' },
    { type: 'repository.trouble', repository: 'app', trouble: 'not-found', message: 'no such folder' },
    { type: 'repository.recovered', repository: 'app' },
  ]);
  expect(await changes()).toHaveLength(50);
});

it('makes a change of a new tag where tags are watched, and none of those that were there', async () => {
  repositories = [{ ...app, tags: ['v*'] }];
  source.current = { main: 3, 'refs/tags/v1': 2 };
  start();
  await clock.advance(600);
  source.current = { main: 3, 'refs/tags/v1': 2, 'refs/tags/v2': 3, 'refs/tags/other': 3 };
  await clock.advance(600);
  expect(await changes()).toEqual(['refs/tags/v2 3']);
});

it('follows the config by name: what it watches newly is history, what it leaves is left', async () => {
  source.current = { main: 1, feature: 5 };
  start();
  await clock.advance(600);
  repositories = [{ ...app, branches: ['*'], pollEveryMs: 60_000 }];
  await clock.advance(1_500);
  source.current = { main: 2, feature: 6, fresh: 1 };
  await clock.advance(61_000);
  expect(await changes()).toEqual(['main 2', 'feature 6', 'fresh 1']);
  repositories = [];
  await clock.advance(2_000);
  const { looks } = source;
  await clock.advance(120_000);
  expect(source.looks).toBe(looks);
  repositories = [app];
  source.current = { main: 3 };
  await clock.advance(2_000);
  expect(await changes()).toContain('main 3');
});

it('looks at once when somebody asks, also where the next look is far', async () => {
  repositories = [{ ...app, pollEveryMs: 3_600_000 }];
  source.current = { main: 1 };
  start();
  await clock.advance(600);
  source.current = { main: 2 };
  await store.do(repositoriesNudge, { repository: 'app' });
  await clock.advance(100);
  expect(await changes()).toEqual(['main 2']);
});

it('stops without waiting for a repository that does not answer', async () => {
  source.heads = () => new Promise(() => {});
  const end = start();
  await clock.advance(1_000);
  await end();
});
