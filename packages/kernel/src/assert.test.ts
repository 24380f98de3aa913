import { describe, expect, test } from 'vitest';
import { assert, AssertionError } from './assert.ts';

describe('assert', () => {
  test('a false condition throws with what was believed', () => {
    expect(() => assert(false, 'a slot has one build')).toThrow(new AssertionError('a slot has one build'));
  });
});
