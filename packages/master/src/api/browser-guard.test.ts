import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ApiScene } from '@millrace/testkit/api-scene';

let scene: ApiScene;
beforeEach(() => {
  scene = new ApiScene();
});
afterEach(() => scene[Symbol.asyncDispose]());

describe('a master without tokens', () => {
  test.each(['localhost', 'localhost:8010', '127.0.0.1:8010', '127.1.2.3', '[::1]:8010', 'ci.localhost'])(
    'answers as %s',
    async (host) => {
      expect((await scene.get('/builds', { headers: { host } })).status).toBe(200);
    },
  );

  test.each(['evil.example', 'localhost.evil.example', '10.0.0.1', '127.0.0.1.evil.example:8010'])(
    'does not answer as %j, which a page may have given its address to',
    async (host) => {
      expect(await scene.get('/builds', { headers: { host } })).toMatchObject({
        status: 421,
        body: { code: 'host-not-local' },
      });
    },
  );

  test.each([
    [{ 'sec-fetch-site': 'cross-site' }, 403],
    [{ 'sec-fetch-site': 'same-site' }, 403],
    [{ 'sec-fetch-site': 'same-origin', origin: 'http://localhost:5173' }, 201],
    [{ 'sec-fetch-site': 'none' }, 201],
    [{ origin: 'http://evil.example' }, 403],
    [{ origin: 'null' }, 403],
    [{ origin: 'http://localhost:80', host: 'localhost:80' }, 403],
    [{ origin: 'http://localhost:8010', host: 'localhost:8010' }, 201],
    [{}, 201],
  ])('a post from %j is answered %d', async (headers, status) => {
    expect((await scene.post('/builders/clean/force', {}, { headers })).status).toBe(status);
  });

  test('reading is not the business of this guard: a page of another site cannot see the answer', async () => {
    const answer = await scene.get('/builds', { headers: { 'sec-fetch-site': 'cross-site' } });
    expect(answer.status).toBe(200);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    expect(answer.headers).toMatchObject({
      'cross-origin-resource-policy': 'same-origin',
      'content-security-policy': expect.stringContaining('sandbox'),
    });
  });
});
