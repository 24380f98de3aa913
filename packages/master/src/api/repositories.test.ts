import { ApiScene } from '@millrace/testkit/api-scene';
import { repositoryConfigOf } from '@millrace/testkit/repository-config';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { takeLease } from '../store/operations/leases.ts';
import { repositoriesLooked } from '../store/operations/repositories.ts';
import type { LookOutcome } from '../store/operations/repositories.ts';

let scene: ApiScene;
beforeEach(() => {
  const repositories = [
    repositoryConfigOf({ name: 'app', tags: ['v*'] }),
    repositoryConfigOf({ name: 'told', kind: 'hg', branches: [], defaultBranch: 'default' }),
  ];
  scene = new ApiScene({ config: { repositories, builders: [], schedulers: [] } });
});
afterEach(() => scene[Symbol.asyncDispose]());

async function look(outcome: LookOutcome): Promise<void> {
  const taken = await scene.store.do(takeLease, { name: 'l', holder: 'm', ttlMs: 60_000 });
  const lease = { name: 'l', holder: 'm', fence: taken.kind === 'held' ? taken.fence : 0 };
  await scene.store.do(repositoriesLooked, { lease, repository: 'app', outcome });
}

test('tells how each repository was found, and when it is looked at again', async () => {
  expect((await scene.get('/repositories')).body).toMatchObject({
    items: [
      { name: 'app', watched: true, branches: ['main'], tags: ['v*'], lastPollAt: null, trouble: null },
      { name: 'told', kind: 'hg', watched: false, nextPollAt: null },
    ],
  });
  const at = scene.clock.now();
  await look({ kind: 'read', watched: '{}' });
  await scene.clock.advance(1_000);
  await look({ kind: 'trouble', trouble: 'credentials', message: 'It asks for a password.' });
  await look({ kind: 'trouble', trouble: 'credentials', message: 'It asks for a password.' });
  expect((await scene.get('/repositories/app')).body).toMatchObject({
    lastReadAt: at,
    lastPollAt: at + 1_000,
    nextPollAt: at + 1_000 + 4_000,
    trouble: { kind: 'credentials', message: 'It asks for a password.', since: at + 1_000, failures: 2 },
  });
  await look({ kind: 'read', watched: '{}' });
  expect((await scene.get('/repositories/app')).body).toMatchObject({ trouble: null });
  const events: { items: { type: string }[] } = (
    await scene.get('/events', { headers: { accept: 'application/json' } })
  ).body;
  expect(events.items.map(({ type }) => type)).toEqual(['repository.trouble', 'repository.recovered']);
});

test('sends the poller to look now, where anything is watched', async () => {
  const signals: string[] = [];
  scene.store.onSignal(({ topic }) => signals.push(topic));
  expect((await scene.post('/repositories/app/poll')).status).toBe(202);
  expect(signals).toEqual(['polls']);
  expect(await scene.post('/repositories/told/poll')).toMatchObject({
    status: 422,
    body: { code: 'not-watched' },
  });
  expect((await scene.post('/repositories/ap/poll')).status).toBe(404);
});
