import { expect, test } from 'vitest';
import { FakeClock } from '@millrace/testkit/fake-clock';
import type { Config } from '../config/config.ts';
import { TokenWatch } from './token-watch.ts';

const day = 24 * 3_600_000;

test('a token that ends soon is told of once a day, unless it has a successor', async () => {
  const clock = new FakeClock(Date.UTC(2026, 0, 1));
  const at = (days: number) => ({ hash: 'sha256:', expiresAt: clock.now() + days * day });
  let config = {
    tokens: [
      { name: 'ann', hashes: [at(3)], scopes: ['read'] },
      { name: 'bob', hashes: [at(3), at(300)], scopes: ['read'] },
      { name: 'eve', hashes: [at(3), { hash: '', expiresAt: null }], scopes: ['read'] },
    ],
    workers: [
      { name: 'linux', tokenHashes: [at(-1)], trust: 'default' },
      { name: 'local', tokenHashes: [], trust: 'default' },
    ],
  } as unknown as Config;
  const lines: string[] = [];
  const watch = new TokenWatch({ clock, config: { get: () => config }, log: (line) => lines.push(line) });
  const stop = new AbortController();
  const running = watch.run(stop.signal);
  expect(lines).toEqual([
    expect.stringContaining('the token "ann" expires on 2026-01-04 00:00 UTC'),
    expect.stringContaining('the token of the worker "linux" expired on 2025-12-31 00:00 UTC'),
  ]);
  await clock.advance(23 * 3_600_000);
  expect(lines).toHaveLength(2);
  await clock.advance(3_600_000);
  expect(lines).toHaveLength(4);
  config = { ...config, tokens: [], workers: [] };
  await clock.advance(2 * day);
  expect(lines).toHaveLength(4);
  stop.abort();
  await running;
  expect(clock.pending).toBe(0);
});
