import { expect, test } from 'vitest';
import { storeUrl } from './store-url.ts';

test("the store's URL is the command line's, else the environment's, and nobody inherits it", () => {
  const env = { MILLRACE_STORE: 'postgres://ci:secret@db/builds' };
  expect(storeUrl('postgres://ci@other/builds', { ...env })).toBe('postgres://ci@other/builds');
  expect(storeUrl(undefined, env)).toBe('postgres://ci:secret@db/builds');
  expect(env).toEqual({});
  expect(storeUrl(undefined, { MILLRACE_STORE: '' })).toBeUndefined();
});

test('a password on the command line is refused, and not repeated', () => {
  const refused = (): unknown => storeUrl('postgres://ci:secret@db/builds', {});
  expect(refused).toThrow(/PGPASSWORD/);
  expect(refused).not.toThrow(/secret/);
  expect(() => storeUrl('db', {})).toThrow(/postgres:\/\//);
});
