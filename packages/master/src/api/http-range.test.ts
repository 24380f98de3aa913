import { describe, expect, test } from 'vitest';
import { httpRange } from './http-range.ts';

describe('a range of bytes', () => {
  test.each([
    [undefined, { kind: 'whole' }],
    ['bytes=0-0', { kind: 'part', start: 0, end: 1 }],
    ['bytes=2-', { kind: 'part', start: 2, end: 10 }],
    ['bytes=2-99', { kind: 'part', start: 2, end: 10 }],
    ['bytes=-3', { kind: 'part', start: 7, end: 10 }],
    ['bytes=-99', { kind: 'part', start: 0, end: 10 }],
    ['bytes=-0', { kind: 'outside' }],
    ['bytes=10-', { kind: 'outside' }],
    ['bytes=5-4', { kind: 'whole' }],
    ['bytes=-', { kind: 'whole' }],
    ['bytes=0-1,3-4', { kind: 'whole' }],
    ['lines=0-1', { kind: 'whole' }],
  ])('%s of ten', (header, range) => {
    expect(httpRange(header, 10)).toEqual(range);
  });
});
