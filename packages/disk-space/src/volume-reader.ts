import fs from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import type { VolumeCounts } from './volume-figures.ts';

/** What is asked of the system. Errors carry the system's `code` (`ENOENT`, `EACCES`, ...). */
export interface VolumeReader {
  readonly platform: NodeJS.Platform;
  /** The path from the root; on POSIX without touching `..`, which a symbolic link gives its own meaning. */
  absolute(path: string): string;
  /** The counts of the volume that holds an existing path. */
  counts(path: string): Promise<VolumeCounts>;
  /** Where a symbolic link points, from the root; `undefined` for anything else. */
  linkTarget(path: string): Promise<string | undefined>;
  /** The folder that a path stands in; of a root, the root. */
  parent(path: string): string;
}

/** The machine that this process runs on. */
export const nodeVolumeReader: VolumeReader = {
  platform: process.platform,
  absolute(asked) {
    if (process.platform === 'win32') return path.resolve(asked);
    return path.isAbsolute(asked) ? asked : `${process.cwd()}/${asked}`.replace(/^\/\//, '/');
  },
  counts: (measured) => fs.statfs(measured, { bigint: true }),
  async linkTarget(link) {
    try {
      return path.resolve(await fs.realpath(path.dirname(link)), await fs.readlink(link));
    } catch {
      return undefined; // no link, or gone between two looks: the parent tells then
    }
  },
  parent: (child) => path.dirname(child),
};
