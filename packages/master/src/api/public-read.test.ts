import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { addChangeOnce } from '../store/operations/add-change-once.ts';
import type { BuilderConfig } from '../config/config.ts';
import { ApiScene } from '@millrace/testkit/api-scene';
import { settle } from '@millrace/testkit/fake-clock';
import { revisionOf } from '@millrace/testkit/rows';
import type { RowBuild } from '@millrace/testkit/rows';

/*
 * What who has no token sees. Everything that is private carries the word CANARY; no answer to any route of the
 * description may hold it.
 */

const canary = 'CANARY';
const hash = `sha256:${createHash('sha256').update('good').digest('hex')}`;
const good = { headers: { authorization: 'Bearer good' } };

let scene: ApiScene;
let shown: RowBuild;
let hidden: RowBuild;
let ids: Readonly<Record<string, readonly (number | string)[]>>;

beforeEach(async () => {
  scene = new ApiScene();
  const [linux] = scene.config.builders;
  if (!linux) throw new Error('the scene has builders');
  const builder = (name: string, rest: Partial<BuilderConfig>): BuilderConfig => ({
    ...linux,
    name,
    ...rest,
  });
  scene.config = {
    ...scene.config,
    publicRead: true,
    tokens: [{ name: 'ada', hashes: [{ hash, expiresAt: null }], scopes: ['admin'] }],
    builders: [
      builder('shown', { visibility: 'public', privateProperties: ['sign-*'] }),
      builder(`${canary}-builder`, { description: canary, tags: [canary], branch: `${canary}-usual` }),
    ],
    schedulers: scene.config.schedulers.map((one) => ({ ...one, name: `${canary}-scheduler` })),
  };
  await change('main', revisionOf('a'), 'a public change');
  await change(`${canary}-branch`, revisionOf('b'), `${canary} message`);
  shown = await scene.rows.build({
    builder: 'shown',
    source: { repository: 'app', branch: 'main', revision: revisionOf('a') },
    properties: { colour: 'blue', 'sign-key': canary },
    reason: `${canary}, somebody wrote`,
    steps: ['compile', { name: 'sign', visibility: 'private' }],
  });
  const open = await logOf(shown, 0, 'a public line');
  const secret = await logOf(shown, 1, `${canary} in a private step`);
  await shown.finishStep(1, 'failure', { message: `${canary} said the private step` });
  await shown.finish('failure');
  hidden = await scene.rows.build({
    builder: `${canary}-builder`,
    source: { repository: 'app', branch: `${canary}-branch`, revision: revisionOf('b') },
    properties: { [canary]: canary },
    reason: canary,
    slot: 1,
  });
  const other = await logOf(hidden, 0, `${canary} in a private build`);
  const waiting = await scene.rows.request({ builder: `${canary}-builder`, reason: canary });
  await scene.rows.request({ builder: 'shown' });
  ids = {
    builds: [shown.id, hidden.id],
    requests: [shown.request, hidden.request, waiting],
    buildsets: [1, 2, 3],
    changes: [1, 2],
    logs: [open, secret, other],
    builders: ['shown', `${canary}-builder`],
    workers: ['w1'],
    schedulers: [`${canary}-scheduler`],
  };
});
afterEach(() => scene[Symbol.asyncDispose]());

async function change(branch: string, revision: string, message: string): Promise<void> {
  await scene.store.do(addChangeOnce, {
    change: {
      repository: 'app',
      branch,
      revision,
      author: message,
      message,
      committedAt: null,
      files: [message],
      link: null,
    },
    idempotency: null,
  });
}

async function logOf(build: RowBuild, step: number, line: string): Promise<number> {
  await build.startStep(step);
  const log = await build.openLog(step);
  await log.print(`${line}\n`);
  await log.close();
  if (step === 0) await build.finishStep(0, 'success');
  return log.id;
}

/** Every GET of the description, with each id that is there. */
async function calls(): Promise<readonly string[]> {
  const { paths } = (await scene.get('/openapi.json')).body as {
    paths: Record<string, Record<string, unknown>>;
  };
  return Object.entries(paths)
    .filter(([, methods]) => 'get' in methods)
    .flatMap(([path]) => {
      const noun = /^\/api\/v1\/(\w+)\/\{/u.exec(path)?.[1];
      const known = noun === undefined ? [''] : (ids[noun] ?? [1]);
      return known.map((id) => path.replaceAll(/\{[^}]+\}/gu, encodeURIComponent(id)));
    });
}

describe('who has no token', () => {
  test('sees nothing private in the answer to any call, nor that it is there', async () => {
    const answered: string[] = [];
    for (const path of await calls()) {
      // Streams are looked at by themselves.
      if (path.endsWith('/follow')) continue;
      const answer = await scene.api.inject({ url: path, headers: { accept: 'application/json' } });
      if (path.includes(canary)) expect([401, 404], path).toContain(answer.statusCode);
      else expect(answer.body, path).not.toContain(canary);
      if (answer.statusCode === 200) answered.push(path);
    }
    expect(answered).toEqual(
      expect.arrayContaining(['/api/v1/builds', '/api/v1/events', '/api/v1/builds/1']),
    );
  });

  test('sees what is public, whole', async () => {
    const list = async (path: string): Promise<unknown[]> =>
      ((await scene.get(path)).body as { items: unknown[] }).items;
    expect(await list('/builders')).toMatchObject([
      { name: 'shown', pending: 1, lastBuild: { id: shown.id } },
    ]);
    expect(await list('/builds')).toMatchObject([{ id: shown.id, result: 'failure' }]);
    expect(await list('/requests?state=pending')).toMatchObject([
      { builder: 'shown', waitsFor: expect.any(String) },
    ]);
    expect(await list('/changes')).toMatchObject([{ message: 'a public change' }]);
    expect((await scene.get('/builds/1')).body).toMatchObject({
      properties: expect.arrayContaining([expect.objectContaining({ name: 'colour', value: 'blue' })]),
      steps: [
        { name: 'compile', logs: [{ id: 1 }] },
        { name: 'sign', result: 'failure', visibility: 'private', logs: [], message: null },
      ],
    });
    expect((await scene.get('/logs/1/raw')).text).toBe('a public line\n');
  });

  test('is told 404 of what is private, in the words of what is not there', async () => {
    for (const [path, absent] of [
      [`/builds/${hidden.id}`, '/builds/999'],
      [`/builds/${hidden.id}/steps`, '/builds/999/steps'],
      [`/requests/${hidden.request}`, '/requests/999'],
      ['/buildsets/2', '/buildsets/999'],
      ['/changes/2', '/changes/999'],
      ['/logs/2', '/logs/999'],
      ['/logs/2/raw', '/logs/999/raw'],
      ['/logs/3/lines', '/logs/999/lines'],
      ['/logs/3/follow', '/logs/999/follow'],
    ] as const) {
      const [found, none] = [await scene.get(path), await scene.get(absent)];
      expect(found.status, path).toBe(404);
      expect(found.text.replaceAll(/\d+/gu, 'N'), path).toBe(none.text.replaceAll(/\d+/gu, 'N'));
    }
  });

  test('changes nothing, and sees neither machines nor figures', async () => {
    for (const path of ['/builders/shown/force', '/builds/1/cancel', '/builds/1/retry', '/requests/1/cancel'])
      expect((await scene.post(path)).status, path).toBe(401);
    for (const path of ['/workers', '/schedulers', '/masters', '//metrics', '/builds/1/plan'])
      expect((await scene.get(path)).status, path).toBe(401);
  });

  test('follows public events alone, from any cursor, until the config is another', async () => {
    const stream = await scene.stream('/events?after=start');
    await settle();
    await hidden.finish('success');
    await settle();
    expect(stream.text).toContain('"build.finished"');
    expect(stream.text).not.toContain(canary);
    // The place goes on over what is not shown.
    expect(stream.events.at(-1)).toMatchObject({ event: 'cursor' });
    const from = stream.events.at(-1)?.id;
    const rest = await scene.get(`/events?after=${from}`, { headers: { accept: 'application/json' } });
    expect(rest.body).toMatchObject({ items: [] });
    scene.config = { ...scene.config };
    await scene.rows.request({ builder: 'shown' });
    await settle();
    expect(stream.ended).toBe(true);
  });

  test('with a token everything is there', async () => {
    for (const path of [
      `/builds/${hidden.id}`,
      '/logs/2/raw',
      '/logs/3/raw',
      '/builds',
      '/events',
      '/changes',
    ])
      expect(
        (await scene.get(path, { headers: { ...good.headers, accept: 'application/json' } })).text,
        path,
      ).toContain(canary);
  });

  test('sees nothing at all where the config does not say so', async () => {
    scene.config = { ...scene.config, publicRead: false };
    for (const path of ['/builders', '/builds', '/builds/1', '/logs/1/raw', '/events'])
      expect((await scene.get(path)).status, path).toBe(401);
  });
});

describe("other sites' pages", () => {
  const origin = { headers: { origin: 'https://tools.example.org' } };

  test('read what is public, and with a token they know what it may see', async () => {
    const answer = await scene.get('/builds', origin);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
    });
    const asked = await scene.api.inject({
      method: 'OPTIONS',
      url: '/api/v1/builds',
      headers: { ...origin.headers, 'access-control-request-headers': 'authorization' },
    });
    expect(asked.statusCode).toBe(204);
    expect(asked.headers).toMatchObject({
      'access-control-allow-headers': expect.stringContaining('authorization'),
      'access-control-allow-methods': 'GET, HEAD',
    });
  });

  test('read nothing else, and nothing of a master without tokens, which is for its own machine', async () => {
    expect((await scene.get('/workers', origin)).headers['access-control-allow-origin']).toBeUndefined();
    scene.config = { ...scene.config, tokens: [] };
    expect((await scene.get('/builds', origin)).headers['access-control-allow-origin']).toBeUndefined();
    const asked = await scene.api.inject({ method: 'OPTIONS', url: '/api/v1/builds' });
    expect(asked.statusCode).toBe(404);
  });
});
