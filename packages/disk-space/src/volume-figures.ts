/**
 * A figure that the runtime cannot vouch for.
 *
 * - `capped`: on Windows, a count of blocks stands at 2^32-1, the most that Node could represent there
 *   (https://github.com/nodejs/node/issues/60998). The named figures are the least they can be: an 8 TiB
 *   network share of 1 KiB blocks reads as 4 TiB.
 * - `unit-unknown`: this Node does not tell the size of the blocks that are counted (`frsize`, added by
 *   https://github.com/nodejs/node/pull/62277), and on this kind of volume (FUSE, virtiofs, gRPC-FUSE) the
 *   transfer size that it does tell is known to be up to 256 times larger. The figures are the most they
 *   can be.
 * - `inconsistent`: the file system counts more free blocks than blocks. The figures are as near as they
 *   can be made.
 */
export type Suspicion = {
  readonly kind: 'capped' | 'unit-unknown' | 'inconsistent';
  readonly figures: readonly ('free' | 'total' | 'used' | 'reserved')[];
};

/** The space of one volume. All figures are exact integers of bytes. */
export interface DiskSpace {
  /** The path that was asked for, absolute. */
  readonly path: string;
  /** The path that was measured: `path`, or its nearest parent that exists. */
  readonly measuredPath: string;
  /** What this user may still write (`df`: "Avail"). Never negative. */
  readonly freeBytes: bigint;
  /** The size of the volume as `df` tells it. */
  readonly totalBytes: bigint;
  /** What is written (`df`: "Used"). */
  readonly usedBytes: bigint;
  /** Free, but not for this user: kept for the system's user, or beyond this user's quota on Windows. */
  readonly reservedBytes: bigint;
  /** Empty when all figures are what the system says. */
  readonly suspect: readonly Suspicion[];
}

/** What `statfs` gives with `{ bigint: true }`; `frsize` only on versions of Node that know it (see `Suspicion`). */
export interface VolumeCounts {
  readonly type: bigint;
  readonly bsize: bigint;
  readonly frsize?: bigint | undefined;
  readonly blocks: bigint;
  readonly bfree: bigint;
  readonly bavail: bigint;
}

/** `FUSE_SUPER_MAGIC` of Linux's `magic.h`; virtiofs has the same. */
const fuseMagic = 0x65735546n;
const windowsBlocksMax = 2n ** 32n - 1n;
/** What POSIX's unsigned `f_bavail` becomes when root has eaten into the reserve (BSD, old UFS). */
const firstNegativeUint64 = 2n ** 63n;

/**
 * Bytes from counts of blocks.
 *
 * Counts are in units of `frsize`, not of `bsize`
 * (https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/sys_statvfs.h.html). Free is `bavail`:
 * `bfree` also counts what only root may use. That is what `df` of GNU coreutils computes.
 */
export function volumeFigures(
  path: string,
  measuredPath: string,
  counts: VolumeCounts,
  platform: NodeJS.Platform,
): DiskSpace {
  const unitBytes = counts.frsize !== undefined && counts.frsize > 0n ? counts.frsize : counts.bsize;
  const bavail = counts.bavail >= firstNegativeUint64 || counts.bavail < 0n ? 0n : counts.bavail;
  const inconsistent = counts.bfree > counts.blocks;
  const usedBlocks = inconsistent ? 0n : counts.blocks - counts.bfree;
  const reservedBlocks = bavail > counts.bfree ? 0n : counts.bfree - bavail;
  return {
    path,
    measuredPath,
    freeBytes: bavail * unitBytes,
    totalBytes: counts.blocks * unitBytes,
    usedBytes: usedBlocks * unitBytes,
    reservedBytes: reservedBlocks * unitBytes,
    suspect: [
      ...cappedFigures(counts, platform),
      ...unknownUnit(counts, platform),
      ...(inconsistent ? [{ kind: 'inconsistent', figures: ['used'] } as const] : []),
    ],
  };
}

function cappedFigures(counts: VolumeCounts, platform: NodeJS.Platform): Suspicion[] {
  if (platform !== 'win32') return [];
  const totalCapped = counts.blocks === windowsBlocksMax;
  const freeCapped = counts.bfree === windowsBlocksMax || counts.bavail === windowsBlocksMax;
  if (freeCapped) return [{ kind: 'capped', figures: ['free', 'total', 'used', 'reserved'] }];
  return totalCapped ? [{ kind: 'capped', figures: ['total', 'used'] }] : [];
}

function unknownUnit(counts: VolumeCounts, platform: NodeJS.Platform): Suspicion[] {
  const told = counts.frsize !== undefined || platform !== 'linux' || counts.type !== fuseMagic;
  return told ? [] : [{ kind: 'unit-unknown', figures: ['free', 'total', 'used', 'reserved'] }];
}
