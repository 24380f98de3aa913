import { createHmac } from 'node:crypto';
import fs from 'node:fs';
import { ApiScene } from '@millrace/testkit/api-scene';
import type { Called } from '@millrace/testkit/api-scene';
import { hostileRows } from '@millrace/testkit/hostile-text';
import { repositoryConfigOf } from '@millrace/testkit/repository-config';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HookConfig, HookKind } from '../../config/source-config.ts';
import { takeLease } from '../../store/operations/leases.ts';
import { repositoriesLooked, repositoriesRead } from '../../store/operations/repositories.ts';
import { deliveryOf } from './read-delivery.ts';
import { isSigned } from './signed.ts';
import { placeOf } from './told-repository.ts';

const fixture = (name: string): string =>
  fs.readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), 'utf8');

const hookOf = (kind: HookKind, other: Partial<HookConfig> = {}): HookConfig => ({
  name: kind,
  kind,
  secret: { env: kind },
  repository: null,
  ...other,
});
const repositories = [
  repositoryConfigOf({ name: 'hello', url: 'git@github.com:codertocat/hello-world', branches: [] }),
  repositoryConfigOf({ name: 'diaspora', url: 'https://example.com/mike/diaspora.git', branches: [] }),
  repositoryConfigOf({ name: 'example', url: 'ssh://git@example.com:22/jsmith/example', branches: [] }),
  repositoryConfigOf({ name: 'webhooks', url: 'http://localhost:3000/gitea/webhooks/', branches: [] }),
];
const secretOf = (kind: HookKind): string => `secret of ${kind}`;
const hmac = (secret: string, body: string): string =>
  createHmac('sha256', secret).update(body).digest('hex');

let scene: ApiScene;
beforeEach(() => {
  const hooks = [hookOf('github'), hookOf('gitlab'), hookOf('gitea')];
  scene = new ApiScene({ config: { repositories, builders: [], schedulers: [], hooks } });
});
afterEach(() => scene[Symbol.asyncDispose]());

function github(body: string, headers: Readonly<Record<string, string>> = {}): Promise<Called> {
  return scene.post('/hooks/github', body, {
    headers: {
      'x-github-event': 'push',
      'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958',
      'x-hub-signature-256': `sha256=${hmac(secretOf('github'), body)}`,
      host: 'ci.example.org',
      'x-forwarded-for': '192.0.2.1',
      ...headers,
    },
  });
}

async function changes(): Promise<readonly Record<string, unknown>[]> {
  const { items }: { items: Record<string, unknown>[] } = (await scene.get('/changes')).body;
  return items.toReversed();
}

describe('a hook', () => {
  it('writes down what GitHub tells of a push', async () => {
    expect(await github(fixture('github-push'))).toMatchObject({
      status: 200,
      body: { outcome: 'changes', changes: [1, 2] },
    });
    expect(await changes()).toMatchObject([
      {
        repository: 'hello',
        branch: 'main',
        revision: 'f95f852bd8fca8fcc58a9a2d6c842781e32a215e',
        author: 'Codertocat <21031067+Codertocat@users.noreply.github.com>',
        message: 'Create a file\n\nwith a body',
        committedAt: Date.parse('2019-05-15T13:19:20Z'),
        files: ['new.txt', 'README.md'],
        link: 'https://github.com/Codertocat/Hello-World/commit/f95f852bd8fca8fcc58a9a2d6c842781e32a215e',
      },
      { message: 'Update README.md', files: ['README.md'] },
    ]);
  });

  it('takes a tag for the commit that it names, and a branch that is gone for nothing to build', async () => {
    const tag = await github(fixture('github-tag'));
    expect(tag.body).toMatchObject({ outcome: 'changes' });
    const gone = await github(fixture('github-gone'), { 'x-github-delivery': 'another' });
    expect(gone.body).toMatchObject({ outcome: 'ignored', changes: [] });
    expect(await changes()).toMatchObject([
      { branch: 'refs/tags/v1.0', revision: '6113728f27ae82c7b1a177c8d03f9e96e0adf246' },
    ]);
  });

  it('takes a form too, and pings and other events for what they are', async () => {
    const form = new URLSearchParams({ payload: fixture('github-push') }).toString();
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await github(form, type)).body).toMatchObject({ outcome: 'changes' });
    const zen = '{"zen":"Keep it logically awesome.","hook_id":1}';
    const ping = await github(zen, { 'x-github-event': 'ping', 'x-github-delivery': 'p' });
    expect(ping.body).toMatchObject({ outcome: 'ignored', message: expect.stringContaining('signature') });
    const issue = await github('{"action":"opened"}', { 'x-github-event': 'issues' });
    expect(issue.body).toMatchObject({ outcome: 'ignored', message: expect.stringContaining('issues') });
  });

  it('answers a delivery that comes again as before, and does nothing twice', async () => {
    const first = await github(fixture('github-push'));
    expect(await github(fixture('github-push'))).toMatchObject({ status: 200, body: first.body });
    const renamed = await github(fixture('github-push'), { 'x-github-delivery': 'as if it were another' });
    expect(renamed.body).toMatchObject({ changes: [1, 2] });
    expect(await changes()).toHaveLength(2);
    expect(await github(fixture('github-tag'))).toMatchObject({ status: 409 });
  });

  it('takes GitLab by its token, and tells of the commits that it did not list', async () => {
    const body = fixture('gitlab-push');
    const headers = { 'x-gitlab-event': 'Push Hook', 'x-gitlab-token': secretOf('gitlab') };
    const told = await scene.post('/hooks/gitlab', body, { headers });
    expect(told.body).toMatchObject({
      outcome: 'changes',
      changes: [1, 2],
      message: expect.stringContaining('22 or more older commits were passed over'),
    });
    const key = { 'idempotency-key': 'f5e57ae2-0a8b-4c9a-9a3b-1c2d3e4f5a6b' };
    const tried = await scene.post('/hooks/gitlab', body, { headers: { ...headers, ...key } });
    const again = await scene.post('/hooks/gitlab', body, { headers: { ...headers, ...key } });
    expect(again).toMatchObject({ status: 200, body: tried.body });
    const wrong = { ...headers, ...key, 'x-gitlab-token': 'wrong' };
    expect((await scene.post('/hooks/gitlab', body, { headers: wrong })).status).toBe(401);
    expect(await changes()).toMatchObject([
      { repository: 'diaspora', author: 'Jordi Mallach <jordi@softcatala.org>' },
      { message: 'fixed readme' },
    ]);
    const events: { items: { type: string; data: unknown }[] } = (
      await scene.get('/events?type=repository.skipped', { headers: { accept: 'application/json' } })
    ).body;
    expect(events.items).toMatchObject([{ data: { repository: 'diaspora', taken: 2, skipped: 22 } }]);
    const tag = await scene.post('/hooks/gitlab', fixture('gitlab-tag'), {
      headers: { ...headers, 'x-gitlab-event': 'Tag Push Hook' },
    });
    expect(tag.body).toMatchObject({ outcome: 'changes' });
    expect((await changes()).at(-1)).toMatchObject({
      branch: 'refs/tags/v1.0.0',
      revision: '5937ac0a7beb003549fc5fd26fc247adbce4a52e',
    });
  });

  it.each(['gitea', 'forgejo'])('takes %s by its signature', async (service) => {
    const body = fixture('gitea-push');
    const told = await scene.post('/hooks/gitea', body, {
      headers: {
        [`x-${service}-event`]: 'push',
        [`x-${service}-delivery`]: 'd',
        [`x-${service}-signature`]: hmac(secretOf('gitea'), body),
      },
    });
    expect(told.body).toMatchObject({ outcome: 'changes', changes: [1] });
    expect(await changes()).toMatchObject([{ branch: 'develop', files: ['main.go', 'old.go'] }]);
  });

  it('sends the poller where it can read the repository, and says so', async () => {
    const [hello] = repositories;
    scene.config = { ...scene.config, repositories: [{ ...hello!, branches: ['main'] }] };
    const taken = await scene.store.do(takeLease, { name: 'l', holder: 'm', ttlMs: 1_000 });
    const lease = { name: 'l', holder: 'm', fence: taken.kind === 'held' ? taken.fence : 0 };
    const outcome = { kind: 'read', watched: '{}' } as const;
    await scene.store.do(repositoriesLooked, { lease, repository: 'hello', outcome });
    const signals: string[] = [];
    scene.store.onSignal(({ topic }) => signals.push(topic));
    expect((await github(fixture('github-push'))).body).toMatchObject({ outcome: 'poll', changes: [] });
    expect(signals).toContain('polls');
    const state = await scene.store.do(repositoriesRead, { repository: 'hello' });
    expect(state?.nudgedAt).toBe(scene.clock.now());
    expect(await changes()).toEqual([]);
  });

  it('lets in by its signature alone, where everybody else needs a token', async () => {
    const hashes = [{ hash: `sha256:${'0'.repeat(64)}`, expiresAt: null }];
    scene.config = { ...scene.config, tokens: [{ name: 'ann', hashes, scopes: ['read'] }] };
    expect((await github(fixture('github-push'))).status).toBe(200);
    expect((await scene.get('/changes')).status).toBe(401);
  });

  it('tells of a repository that the config does not know, once the signature holds', async () => {
    scene.config = { ...scene.config, repositories: [] };
    expect(await github(fixture('github-push'))).toMatchObject({
      status: 422,
      body: { code: 'unknown-repository', detail: expect.stringContaining('Hello-World') },
    });
  });

  it.each([
    ['another signature', { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` }],
    [
      'the signature of another secret',
      { 'x-hub-signature-256': `sha256=${hmac('x', fixture('github-push'))}` },
    ],
    ['an empty one', { 'x-hub-signature-256': '' }],
  ])('refuses a delivery with %s as it refuses a hook that there is not', async (_what, headers) => {
    const wrong = await github(fixture('github-push'), headers);
    const nowhere = await scene.post('/hooks/nothing', fixture('github-push'));
    const unsigned = await scene.post('/hooks/github', fixture('github-push'));
    expect(wrong.status).toBe(401);
    expect(wrong.body).toEqual(nowhere.body);
    expect(unsigned.body).toEqual(nowhere.body);
    expect(await changes()).toEqual([]);
  });

  it('refuses a delivery of 50 MB before it has come', async () => {
    const told = await github('{}', { 'content-length': String(50 * 1024 ** 2) });
    expect(told).toMatchObject({ status: 413, body: { code: 'body-too-large' } });
  });

  it.each([
    ['no JSON', '{"ref":', 400],
    ['a ref that is none', '{"ref":"main","after":"0d1a26e67d8f5eaf1f6ba5c57fc3c7d91ac0fd1c"}', 422],
    ['a revision that is none', '{"ref":"refs/heads/main","after":"--upload-pack=x"}', 422],
    ['nothing of what it should have', '[]', 422],
  ])('says what is wrong with %s', async (_what, body, status) => {
    expect((await github(body)).status).toBe(status);
  });

  it.each(hostileRows)('writes down %s as text, or refuses it', async (_what, text) => {
    const push = JSON.parse(fixture('github-push')) as {
      ref: string;
      commits: unknown[];
      head_commit: unknown;
    };
    const commit = { ...(push.commits[0] as object), message: text, added: [text], url: text };
    const body = JSON.stringify({ ...push, ref: `refs/heads/${text}`, commits: [commit], head_commit: null });
    const told = await github(body);
    expect([200, 422]).toContain(told.status);
    for (const change of await changes()) expect(change).toMatchObject({ branch: text.toWellFormed() });
  });
});

describe('a signature', () => {
  const at = 1_700_000_000_000;

  it('is that of the service: the example of GitHub', () => {
    const given = {
      'x-hub-signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
    };
    const body = Buffer.from('Hello, World!');
    const secret = "It's a Secret to Everybody";
    expect(isSigned('github', secret, { headers: given, body }, at)).toBe(true);
    expect(isSigned('github', secret, { headers: given, body: Buffer.from('Hello, World?') }, at)).toBe(
      false,
    );
  });

  it('of GitLab with a signing token is of its time, and good for minutes', () => {
    const secret = 'whsec_c2VjcmV0';
    const body = Buffer.from('{"a":1}');
    const time = String(at / 1000);
    const sign = createHmac('sha256', 'secret').update(`id.${time}.`).update(body).digest('base64');
    const headers = {
      'webhook-id': 'id',
      'webhook-timestamp': time,
      'webhook-signature': `v1,b3RoZXI= v1,${sign}`,
      // Once there is a signature, the token alone is not enough.
      'x-gitlab-token': secret,
    };
    expect(isSigned('gitlab', secret, { headers, body }, at + 60_000)).toBe(true);
    expect(isSigned('gitlab', secret, { headers, body }, at + 3_600_000)).toBe(false);
    expect(isSigned('gitlab', secret, { headers: { 'x-gitlab-token': secret }, body }, at)).toBe(false);
    expect(isSigned('gitlab', secret, { headers, body: Buffer.from('{"a":2}') }, at)).toBe(false);
  });
});

it('takes of a merge what is new to the repository, and all where nothing is', () => {
  const push = JSON.parse(fixture('github-push')) as { commits: object[] };
  const [side, merge] = push.commits;
  const commitsOf = (commits: readonly object[]): number => {
    const read = deliveryOf('github', { 'x-github-event': 'push' }, { ...push, commits });
    return read.kind === 'push' ? read.commits.length : -1;
  };
  expect(commitsOf([{ ...side, distinct: false }, merge!])).toBe(1);
  expect(commitsOf(push.commits.map((one) => ({ ...one, distinct: false })))).toBe(2);
});

it('knows an address by its host and path', () => {
  for (const address of [
    'https://Git.example.org/a/b.git',
    'ssh://git@git.example.org:22/a/b',
    'git@git.example.org:a/b.git',
    'https://user@git.example.org/a/b/',
  ])
    expect(placeOf(address)).toBe('git.example.org/a/b');
  expect(placeOf('/srv/a')).toBeUndefined();
});
