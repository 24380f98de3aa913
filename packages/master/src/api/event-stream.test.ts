import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { ApiScene } from '@millrace/testkit/api-scene';
import type { StreamReader } from '@millrace/testkit/api-scene';

test('the listeners of one token have a bound, and those of others are not kept out', async () => {
  const token = (name: string) => ({
    name,
    hashes: [{ hash: `sha256:${createHash('sha256').update(name).digest('hex')}`, expiresAt: null }],
    scopes: ['read'] as const,
  });
  await using scene = new ApiScene({ config: { tokens: [token('ada'), token('bob')] } });
  const open = (name: string): Promise<StreamReader> =>
    scene.stream('/events', { authorization: `Bearer ${name}` });
  for (let count = 0; count < 1_000; count++) await open('ada');
  expect(await scene.get('/events', { headers: { authorization: 'Bearer ada' } })).toMatchObject({
    status: 429,
    body: { code: 'too-many-streams' },
    headers: { 'retry-after': '60' },
  });
  await open('bob');
});
