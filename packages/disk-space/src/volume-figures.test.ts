import { describe, expect, test } from 'vitest';
import { volumeFigures, type VolumeCounts } from './volume-figures.ts';

const counts: VolumeCounts = {
  type: 61267n,
  bsize: 4096n,
  frsize: 4096n,
  blocks: 66_053_021n,
  bfree: 60_069_381n,
  bavail: 20_614_088n,
};
const figures = (changed: Partial<VolumeCounts>, platform: NodeJS.Platform = 'linux') =>
  volumeFigures('/a/b', '/a', { ...counts, ...changed }, platform);

describe('volumeFigures', () => {
  test('free is what this user may write; what only root may use is reserved', () => {
    expect(figures({})).toEqual({
      path: '/a/b',
      measuredPath: '/a',
      freeBytes: 20_614_088n * 4096n,
      totalBytes: 66_053_021n * 4096n,
      usedBytes: (66_053_021n - 60_069_381n) * 4096n,
      reservedBytes: (60_069_381n - 20_614_088n) * 4096n,
      suspect: [],
    });
  });

  test('counts are in units of frsize, whatever the transfer size is', () => {
    expect(figures({ bsize: 1_048_576n, frsize: 4096n })).toEqual(figures({}));
  });

  test('a runtime without frsize uses bsize, and says that this may be wrong on FUSE', () => {
    const old = { frsize: undefined };
    expect(figures(old)).toEqual(figures({}));
    const fuse = figures({ ...old, type: 0x65735546n, bsize: 1_048_576n });
    expect(fuse.suspect).toEqual([{ kind: 'unit-unknown', figures: ['free', 'total', 'used', 'reserved'] }]);
    expect(figures({ type: 0x65735546n, bsize: 1_048_576n }).suspect).toEqual([]);
  });

  test('a volume of more than 2^53 bytes stays exact', () => {
    const blocks = 2n ** 50n + 1n;
    expect(figures({ blocks, bfree: blocks, bavail: blocks }).freeBytes).toBe(blocks * 4096n);
  });

  test('a Windows share whose blocks stand at 2^32-1 is told as suspect, its free figure only when capped too', () => {
    const capped = 2n ** 32n - 1n;
    const share = {
      bsize: 1024n,
      frsize: undefined,
      blocks: capped,
      bfree: 39_622_500n,
      bavail: 39_622_500n,
    };
    expect(figures(share, 'win32').suspect).toEqual([{ kind: 'capped', figures: ['total', 'used'] }]);
    expect(figures({ ...share, bfree: capped, bavail: capped }, 'win32').suspect).toEqual([
      { kind: 'capped', figures: ['free', 'total', 'used', 'reserved'] },
    ]);
    expect(figures({ ...share, blocks: capped + 1n }, 'win32').suspect).toEqual([]);
    expect(figures(share, 'linux').suspect).toEqual([]);
  });

  test('an overdrawn reserve, which POSIX tells as a huge count, is nothing free', () => {
    expect(figures({ bavail: 2n ** 64n - 5n }).freeBytes).toBe(0n);
    expect(figures({ bavail: -5n }).freeBytes).toBe(0n);
  });

  test('more free blocks than blocks are never a negative figure', () => {
    const space = figures({ blocks: 10n, bfree: 20n, bavail: 20n });
    expect(space.usedBytes).toBe(0n);
    expect(space.suspect).toEqual([{ kind: 'inconsistent', figures: ['used'] }]);
  });
});
