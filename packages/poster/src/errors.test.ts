import fs from 'node:fs';
import { expect, test } from 'vitest';

test('the docs tell of every code', () => {
  const source = fs.readFileSync(new URL('errors.ts', import.meta.url), 'utf8');
  const page = fs.readFileSync(new URL('../../../docs/poster/errors.md', import.meta.url), 'utf8');
  const codes = [...source.matchAll(/\| '(ERR_POSTER_\w+)'/g)].map(([, code]) => code);
  expect(codes.length).toBeGreaterThan(20);
  expect(codes.filter((code) => !page.includes(`\`${code}\``))).toEqual([]);
});
