import path from 'node:path';
import type { Disk } from '../disk.ts';

/**
 * The folders for temporary files of one slot's builds, below the worker's `tmp/`. One that a build leaves empty is the
 * next one's: most are, and to make one and remove it was a tenth of what a build of one short step cost its slot. It
 * keeps the name of the build that it was made for.
 */
export class TemporaryFolders {
  readonly #disk: Disk;
  readonly #root: string;
  readonly #slot: number;
  /** Nothing lies there but what the running builds of this process have: nobody else makes folders of this slot. */
  #swept = false;
  #kept: string | undefined;
  /** Of a folder as it is made: one whose rights a build has changed is not the next one's. */
  #rights: number | undefined;

  /** `data`: the worker's data folder. */
  constructor(disk: Disk, { data, slot }: { readonly data: string; readonly slot: number }) {
    this.#disk = disk;
    this.#root = path.join(data, 'tmp');
    this.#slot = slot;
  }

  /** Where the next build is to have its own. */
  of(build: number): string {
    return this.#kept ?? path.join(this.#root, `${this.#slot}-${build}`);
  }

  /** Makes a build's, empty, once those of builds that were killed are gone. */
  async make(folder: string): Promise<void> {
    if (!this.#swept) await this.#sweep();
    this.#disk.makeFolder(folder);
    this.#rights ??= this.#disk.folderRights(folder);
  }

  /** What cannot be removed goes before the next build begins. Whether it is kept is known when this returns. */
  async remove(folder: string): Promise<void> {
    this.#kept = this.#isAsMade(folder) ? folder : undefined;
    if (this.#kept !== undefined) return;
    try {
      await this.#disk.removeTree(folder);
    } catch (thrown) {
      this.#swept = false;
      throw thrown;
    }
  }

  #isAsMade(folder: string): boolean {
    const rights = this.#disk.folderRights(folder);
    return rights !== undefined && rights === this.#rights && this.#disk.list(folder).length === 0;
  }

  async #sweep(): Promise<void> {
    const ours = this.#disk.list(this.#root).filter((name) => name.startsWith(`${this.#slot}-`));
    for (const name of ours) await this.#disk.removeTree(path.join(this.#root, name));
    this.#swept = true;
  }
}
