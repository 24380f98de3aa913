import { expect, it } from 'vitest';
import { tokenConfigLine } from './token-config-line.ts';

it('is pasted into a config as it is', () => {
  const base = { worker: undefined, caller: undefined, scopes: ['read'] as const, expiresAt: undefined };
  const hash = 'sha256:00';
  expect(tokenConfigLine({ ...base, hash, worker: 'linux-1' })).toBe(
    "worker({ name: 'linux-1', tokenHash: 'sha256:00' }),",
  );
  expect(tokenConfigLine({ ...base, hash, caller: 'ann', expiresAt: '2027-01-31' })).toBe(
    "token({ name: 'ann', hash: { hash: 'sha256:00', expiresAt: '2027-01-31' }, scopes: ['read'] }),",
  );
});
