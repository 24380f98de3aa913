import { expect, test } from 'vitest';
import { compilePattern, matchedLineLengthMax } from './pattern.ts';
import type { Pattern } from './pattern.ts';

function compiled(source: string, ignoreCase = false): Pattern {
  const made = compilePattern({ source, ignoreCase });
  if (made.kind === 'wrong') throw new Error(made.message);
  return made.pattern;
}

test('a pattern is looked for anywhere in the line', () => {
  expect(compiled('warning:').test('a.c:1: warning: unused')).toBe(true);
  expect(compiled('^warning:').test('a.c:1: warning: unused')).toBe(false);
  expect(compiled('WARNING', true).test('a.c:1: warning: unused')).toBe(true);
});

test('its first group is what is captured, or all that matched', () => {
  expect(compiled('version ([0-9.]+)').capture('the version 1.2.3 is out')).toBe('1.2.3');
  expect(compiled('[0-9.]+').capture('the version 1.2.3 is out')).toBe('1.2.3');
  expect(compiled('version (x)?').capture('version 1')).toBe(undefined);
  expect(compiled('nothing').capture('the version 1.2.3 is out')).toBe(undefined);
});

test('what would hang other engines takes a moment', () => {
  const line = `${'a'.repeat(matchedLineLengthMax - 1)}b`;
  expect(compiled('^(a+)+$').test(line)).toBe(false);
  expect(compiled('(.*a){20}x').test(line)).toBe(false);
});

test('of a long line the beginning is looked at', () => {
  const line = `${' '.repeat(matchedLineLengthMax)}end`;
  expect(compiled('end').test(line)).toBe(false);
});

test.each([
  ['(?=a)b', 'look-around and back-references are not known here'],
  [String.raw`(a)\1`, 'look-around and back-references are not known here'],
  ['(a', 'missing closing )'],
  ['(a{0,30}b){0,30}', 'too large'],
  ['a'.repeat(1_001), 'more than 1000 characters'],
])('%s is refused with what is wrong with it', (source, why) => {
  expect(compilePattern({ source, ignoreCase: false })).toMatchObject({
    kind: 'wrong',
    message: expect.stringContaining(why),
  });
});
