import { FakeClock } from '@millrace/testkit/fake-clock';
import { SeededRandom } from '@millrace/testkit/seeded-random';
import { repositoryConfigOf } from '@millrace/testkit/repository-config';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Config } from '../config/config.ts';
import { changesAfter } from '../store/operations/changes.ts';
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

beforeEach(() => {
  clock = new FakeClock();
  store = openSqliteInPlace({ folder: null, clock, random: new SeededRandom(1) });
  source = new CountingSource();
  lines = [];
  ends = [];
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
    config: { get: () => ({ repositories: [app] }) as unknown as Config },
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
