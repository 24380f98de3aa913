import { expect, test } from 'vitest';
import { KeyReader } from './key-reader.ts';

const binding = (keys: string) => ({ keys, label: keys, act: () => undefined });
const bindings = [binding('j'), binding('g b'), binding('g g'), binding('b'), binding('x')];

test('a key means its binding, the innermost of several', () => {
  const inner = binding('j');
  expect(new KeyReader().press('j', 0, [...bindings, inner])).toBe(inner);
  expect(new KeyReader().press('q', 0, bindings)).toBeUndefined();
});

test('two keys after each other mean a place to go to', () => {
  const reader = new KeyReader();
  expect(reader.press('g', 0, bindings)).toBeUndefined();
  expect(reader.press('b', 500, bindings)?.keys).toBe('g b');
  expect(reader.press('b', 600, bindings)?.keys).toBe('b');
});

test('a first key is forgotten after a while, or by a key that does not follow it', () => {
  const reader = new KeyReader();
  reader.press('g', 0, bindings);
  expect(reader.press('b', 5_000, bindings)?.keys).toBe('b');
  reader.press('g', 6_000, bindings);
  expect(reader.press('x', 6_100, bindings)?.keys).toBe('x');
  expect(reader.press('b', 6_200, bindings)?.keys).toBe('b');
});
