import { FakeClock } from '@millrace/testkit/fake-clock';
import { afterEach, expect, it } from 'vitest';
import type { Config } from '../config/config.ts';
import type { Resolved, SourceHead, SourceReader, Wanted } from './source-reader.ts';
import { SourceRevisions } from './source-revisions.ts';
import { SourceError } from './source-trouble.ts';

const config = { repositories: [{ name: 'app', url: '/app', defaultBranch: 'main' }] } as unknown as Config;
const clock = new FakeClock();

afterEach(() => expect(clock.pending).toBe(0));

/** Two branches, and one more commit that is the head of none. */
function revisionsOf(heads: () => Promise<readonly SourceHead[]>): SourceRevisions {
  const reader: SourceReader = {
    heads,
    log: () => Promise.reject(new Error('not asked here')),
    resolve: (_repository, { revision }: Wanted): Promise<Resolved> =>
      Promise.resolve(
        revision === 'c1' || revision === 'f1' || revision === 'm1'
          ? { kind: 'resolved', revision }
          : { kind: 'unknown', message: `no ${revision}` },
      ),
  };
  return new SourceRevisions({ get: () => config }, reader, clock);
}

const revisions = revisionsOf(() =>
  Promise.resolve([
    { branch: 'feature', revision: 'f1' },
    { branch: 'main', revision: 'm1' },
  ]),
);

it('takes a branch before a revision, and says which branch a revision is the head of', async () => {
  expect(await revisions.resolve('app', 'feature')).toEqual({
    kind: 'found',
    branch: 'feature',
    revision: 'f1',
  });
  expect(await revisions.resolve('app', 'f1')).toEqual({ kind: 'found', branch: 'feature', revision: 'f1' });
  expect(await revisions.resolve('app', 'm1')).toEqual({ kind: 'found', branch: 'main', revision: 'm1' });
  expect(await revisions.resolve('app', 'c1')).toEqual({ kind: 'found', branch: 'main', revision: 'c1' });
});

it('says what there is not', async () => {
  expect(await revisions.resolve('app', 'x')).toEqual({ kind: 'not-found', message: 'no x' });
  expect(await revisions.resolve('other', 'main')).toMatchObject({ kind: 'not-found' });
});

it('says so when the repository cannot be read, or does not answer', async () => {
  const broken = revisionsOf(() => Promise.reject(new SourceError('not-found', 'no such folder')));
  expect(await broken.resolve('app', 'main')).toEqual({ kind: 'unreachable', message: 'no such folder' });
  const answer = revisionsOf(() => new Promise(() => {})).resolve('app', 'main');
  await clock.advance(60_000);
  expect(await answer).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('60 s') });
});
