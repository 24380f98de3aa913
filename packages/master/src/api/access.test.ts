import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TokenConfig, TokenHash } from '../config/access-config.ts';
import { ApiScene } from '@millrace/testkit/api-scene';

const hashOf = (name: string, expiresAt: number | null = null): TokenHash => ({
  hash: `sha256:${createHash('sha256').update(`secret-of-${name}`).digest('hex')}`,
  expiresAt,
});
const token = (name: string, ...scopes: TokenConfig['scopes']): TokenConfig => ({
  name,
  hashes: [hashOf(name)],
  scopes,
});
const bearer = (name: string) => ({ headers: { authorization: `Bearer secret-of-${name}` } });

let scene: ApiScene;
beforeEach(() => {
  scene = new ApiScene({
    config: { tokens: [token('reader', 'read'), token('ada', 'write'), token('root', 'admin')] },
  });
});
afterEach(() => scene[Symbol.asyncDispose]());

describe('with tokens in the config', () => {
  test('a call without one, or with one that is not known, is told how to get one', async () => {
    const without = await scene.get('/builds');
    expect(without).toMatchObject({
      status: 401,
      body: { code: 'token-missing', detail: expect.stringContaining('millrace token') },
      headers: { 'www-authenticate': 'Bearer' },
    });
    expect(await scene.get('/builds', bearer('nobody'))).toMatchObject({
      status: 401,
      body: { code: 'token-unknown' },
    });
    expect((await scene.get('/builds', { headers: { authorization: 'Basic eDp5' } })).status).toBe(401);
  });

  test('a scope holds those before it', async () => {
    for (const name of ['reader', 'ada', 'root'])
      expect((await scene.get('/builds', bearer(name))).status).toBe(200);
    expect(await scene.post('/builders/clean/force', {}, bearer('reader'))).toMatchObject({
      status: 403,
      body: { code: 'scope-missing', detail: expect.stringContaining('"write"') },
    });
    expect((await scene.post('/builders/clean/force', {}, bearer('ada'))).status).toBe(201);
    expect((await scene.post('/builders/clean/force', {}, bearer('root'))).status).toBe(201);
    expect((await scene.get('/buildsets/1', bearer('ada'))).body).toMatchObject({
      reason: 'Forced by "ada"',
    });
  });

  test('keys of different callers do not meet', async () => {
    const with_ = (name: string) => ({ headers: { ...bearer(name).headers, 'idempotency-key': 'k' } });
    expect((await scene.post('/builders/clean/force', {}, with_('ada'))).body).toMatchObject({ buildset: 1 });
    expect((await scene.post('/builders/clean/force', {}, with_('root'))).body).toMatchObject({
      buildset: 2,
    });
  });

  test('pages, health and the description are open, figures are not', async () => {
    for (const url of ['//healthz', '//readyz', '/openapi.json'])
      expect((await scene.get(url)).status).toBe(200);
    expect((await scene.get('//', { headers: { accept: 'text/html' } })).status).toBe(503);
    expect((await scene.get('//metrics')).status).toBe(401);
  });

  test('a token that has expired is told as such, with the day', async () => {
    const now = scene.clock.now();
    scene.config = {
      ...scene.config,
      tokens: [{ name: 'old', hashes: [hashOf('old', now + 1_000)], scopes: ['read'] }],
    };
    expect((await scene.get('/builds', bearer('old'))).status).toBe(200);
    await scene.clock.advance(1_000);
    expect(await scene.get('/builds', bearer('old'))).toMatchObject({
      status: 401,
      body: {
        code: 'token-expired',
        detail: expect.stringMatching(/"old" expired on \d{4}-\d\d-\d\d \d\d:\d\d UTC/u),
      },
    });
  });

  test('while one token takes the place of another, both are let in', async () => {
    scene.config = {
      ...scene.config,
      tokens: [{ name: 'ada', hashes: [hashOf('old', 0), hashOf('ada'), hashOf('next')], scopes: ['read'] }],
    };
    expect((await scene.get('/builds', bearer('ada'))).status).toBe(200);
    expect((await scene.get('/builds', bearer('next'))).status).toBe(200);
    expect((await scene.get('/builds', bearer('old'))).body).toMatchObject({ code: 'token-expired' });
  });

  test('other hosts may be called, and other sites have no token to send', async () => {
    const headers = { host: 'ci.example.org', 'sec-fetch-site': 'cross-site', ...bearer('ada').headers };
    expect((await scene.post('/builders/clean/force', {}, { headers })).status).toBe(201);
  });
});
