import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ApiScene } from '@millrace/testkit/api-scene';
import type { Called } from '@millrace/testkit/api-scene';

const hash = `sha256:${createHash('sha256').update('good').digest('hex')}`;
const good = { headers: { authorization: 'Bearer good' } };
const wrong = { headers: { authorization: 'Bearer wrong' } };

let scene: ApiScene;
beforeEach(() => {
  scene = new ApiScene({
    config: {
      tokens: [{ name: 'ada', hashes: [{ hash, expiresAt: null }], scopes: ['read'] }],
      rateLimits: { anonymous: { perSecond: 1, burst: 3 }, token: { perSecond: 10, burst: 5 } },
    },
  });
});
afterEach(() => scene[Symbol.asyncDispose]());

async function statuses(count: number, call: () => Promise<Called>): Promise<number[]> {
  const found: number[] = [];
  for (let turn = 0; turn < count; turn++) found.push((await call()).status);
  return found;
}

describe('limits of calls', () => {
  test('a token that is used too often is told when to come again, and others are not kept waiting', async () => {
    expect(await statuses(6, () => scene.get('/masters', good))).toEqual([200, 200, 200, 200, 200, 429]);
    expect(await scene.get('/masters', good)).toMatchObject({
      status: 429,
      body: { code: 'too-many-calls', detail: expect.stringContaining('"ada"') },
      headers: { 'retry-after': '1' },
    });
    expect((await scene.get('/masters')).status).toBe(401);
    await scene.clock.advance(1_000);
    expect((await scene.get('/masters', good)).status).toBe(200);
  });

  test('calls without a token are counted by address; those that look after the process are not', async () => {
    expect(await statuses(5, () => scene.get('/openapi.json'))).toEqual([200, 200, 200, 429, 429]);
    expect(await statuses(5, () => scene.get('//healthz'))).toEqual([200, 200, 200, 200, 200]);
    expect((await scene.get('/masters', good)).status).toBe(200);
  });

  test('guesses of tokens are slowed, and a good token is let in all the same', async () => {
    const found = await statuses(25, () => scene.get('/masters', wrong));
    expect(found.filter((status) => status === 401)).toHaveLength(20);
    expect(found.slice(20)).toEqual([429, 429, 429, 429, 429]);
    expect(Number((await scene.get('/masters', wrong)).headers['retry-after'])).toBeGreaterThan(0);
    expect((await scene.get('/masters', good)).status).toBe(200);
  });

  test('nothing is limited where there are no tokens', async () => {
    scene.config = { ...scene.config, tokens: [] };
    expect(new Set(await statuses(20, () => scene.get('/openapi.json')))).toEqual(new Set([200]));
  });
});
