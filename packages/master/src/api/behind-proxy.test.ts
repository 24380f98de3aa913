import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { ApiScene } from '@millrace/testkit/api-scene';

const hash = `sha256:${createHash('sha256').update('good').digest('hex')}`;
const config = {
  tokens: [{ name: 'ada', hashes: [{ hash, expiresAt: null }], scopes: ['read' as const] }],
  rateLimits: { anonymous: { perSecond: 1, burst: 1 }, token: { perSecond: 10, burst: 10 } },
};
const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });

test('a proxy that was named is believed about whom it speaks for', async () => {
  await using scene = new ApiScene({ config, parts: { proxies: ['127.0.0.1'] } });
  const first = await scene.get('/openapi.json', from('192.0.2.1'));
  const again = await scene.get('/openapi.json', from('192.0.2.1'));
  const other = await scene.get('/openapi.json', from('192.0.2.2'));
  expect([first.status, again.status, other.status]).toEqual([200, 429, 200]);
});

test('nobody else is', async () => {
  for (const parts of [{}, { proxies: ['10.0.0.0/8'] }]) {
    await using scene = new ApiScene({ config, parts });
    expect((await scene.get('/openapi.json', from('192.0.2.1'))).status).toBe(200);
    expect((await scene.get('/openapi.json', from('192.0.2.2'))).status).toBe(429);
  }
});

test('a token that reached the proxy in the clear is told of', async () => {
  const told: string[] = [];
  const parts = { proxies: ['127.0.0.1'], onTrouble: (error: unknown) => told.push(String(error)) };
  await using scene = new ApiScene({ config, parts });
  const call = (proto: string) =>
    scene.get('/masters', {
      headers: { authorization: 'Bearer good', 'x-forwarded-for': '192.0.2.1', 'x-forwarded-proto': proto },
    });
  expect((await call('https')).status).toBe(200);
  expect(told).toEqual([]);
  expect((await call('http')).status).toBe(200);
  expect(told).toEqual([expect.stringContaining('without TLS')]);
});
