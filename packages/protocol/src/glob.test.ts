import { expect, test } from 'vitest';
import { matchesGlob, wrongWithGlob } from './glob.ts';

test.each([
  ['docs/**', 'docs/guide/steps.md', true],
  ['docs/**', 'docs', false],
  ['docs/*', 'docs/guide/steps.md', false],
  ['**/*.ts', 'a.ts', true],
  ['**/*.ts', 'src/deep/a.ts', true],
  ['src/**/*.ts', 'src/a.ts', true],
  ['src/**/*.ts', 'srca.ts', false],
  ['*.{md,txt}', 'README.md', true],
  ['*.{md,txt}', 'README.rst', false],
  ['?.c', 'é.c', true],
  ['?.c', '/.c', false],
  ['[id].tsx', '[id].tsx', true],
  ['[id].tsx', 'i.tsx', false],
  ['a+b(c)|d$', 'a+b(c)|d$', true],
  ['a.b', 'axb', false],
  ['**', 'any\nthing', true],
  ['release/*', 'release/1.2\n', true],
])('%s against %j is %s', (glob, text, matches) => {
  expect(matchesGlob(glob, text)).toBe(matches);
});

test('takes time linear in a name that others chose', () => {
  const name = 'a'.repeat(100_000);
  expect(matchesGlob(`${'*a'.repeat(50)}b`, name)).toBe(false);
});

test('a glob that cannot be meant is told', () => {
  expect(wrongWithGlob('')).toBe('it is empty');
  expect(wrongWithGlob('a/{b,c')).toBe('a "{" has no "}"');
  expect(wrongWithGlob('a/{b,c}/}')).toBeUndefined();
});
