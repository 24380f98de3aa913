import { describe, expect, test } from 'vitest';
import { BytesCache } from './bytes-cache.ts';

describe('a cache of bytes', () => {
  test('makes a value once for all who ask, and drops what was used longest ago', async () => {
    const cache = new BytesCache<string>(10);
    const made: string[] = [];
    const get = (key: string) =>
      cache.get(key, 4, async () => {
        made.push(key);
        return key;
      });
    await Promise.all([get('a'), get('a'), get('b')]);
    await get('a');
    await get('c');
    expect(cache.bytes).toBe(8);
    await get('a');
    await get('b');
    expect(made).toEqual(['a', 'b', 'c', 'b']);
  });

  test('does not keep a failure', async () => {
    const cache = new BytesCache<string>(10);
    await expect(cache.get('a', 4, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(cache.bytes).toBe(0);
    expect(await cache.get('a', 4, () => Promise.resolve('yes'))).toBe('yes');
  });
});
