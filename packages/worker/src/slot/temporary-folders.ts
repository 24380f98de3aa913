import path from 'node:path';
import type { Disk } from '../disk.ts';

/** The folders for temporary files of one slot's builds, one a build, below the worker's `tmp/`. */
export class TemporaryFolders {
  readonly #disk: Disk;
  readonly #root: string;
  readonly #slot: number;
  /** Nothing lies there but what the running builds of this process have: nobody else makes folders of this slot. */
  #swept = false;

  /** `data`: the worker's data folder. */
  constructor(disk: Disk, { data, slot }: { readonly data: string; readonly slot: number }) {
    this.#disk = disk;
    this.#root = path.join(data, 'tmp');
    this.#slot = slot;
  }

  of(build: number): string {
    return path.join(this.#root, `${this.#slot}-${build}`);
  }

  /** Makes the build's, empty, once those of builds that were killed are gone. */
  async make(build: number): Promise<void> {
    if (!this.#swept) await this.#sweep();
    this.#disk.makeFolder(this.of(build));
  }

  /** What cannot be removed goes before the next build begins. */
  async remove(build: number): Promise<void> {
    try {
      await this.#disk.removeTree(this.of(build));
    } catch (thrown) {
      this.#swept = false;
      throw thrown;
    }
  }

  async #sweep(): Promise<void> {
    const ours = this.#disk.list(this.#root).filter((name) => name.startsWith(`${this.#slot}-`));
    for (const name of ours) await this.#disk.removeTree(path.join(this.#root, name));
    this.#swept = true;
  }
}
