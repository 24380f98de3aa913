import path from 'node:path';
import type { Clock } from '@millrace/kernel/clock';
import { Turns } from '@millrace/kernel/turns';
import type { Disk } from '../disk.ts';
import { isFull } from '../journal/journal-writer.ts';

/** A folder that no build has used for so long is removed: its builder has gone, or runs elsewhere. */
export const unusedMsMax = 30 * 24 * 3_600_000;
/** Of more folders than this those go that were used least recently. */
export const foldersMax = 100;

interface UsedFolder {
  readonly name: string;
  readonly usedAtMs: number;
}

/**
 * The build folders of one slot, which no other slot touches. Beside each lies a file that says when it was last
 * used: the folder's own time is that of whatever ran in it.
 */
export class BuildFolders {
  readonly root: string;
  readonly #disk: Disk;
  readonly #clock: Clock;
  readonly #slot: number;
  /** A folder that is being removed is not used before that is done. */
  readonly #turns = new Turns();

  constructor(
    disk: Disk,
    clock: Clock,
    { data, slot, builds }: { readonly data: string; readonly slot: number; readonly builds?: string },
  ) {
    this.root = builds ?? path.join(data, 'builds');
    this.#disk = disk;
    this.#clock = clock;
    this.#slot = slot;
  }

  /** Notes that a folder is used now, and removes those that have not been for too long. */
  use(name: string): Promise<void> {
    return this.#turns.take(async () => {
      const nowMs = this.#clock.now();
      this.#note(name, nowMs);
      for (const old of tooOld(this.#used(), nowMs)) if (old !== name) await this.#remove(old);
    });
  }

  /** Removes the folder that was used least recently. False where there is none. */
  removeOldest(): Promise<boolean> {
    return this.#turns.take(async () => {
      const [oldest] = byAge(this.#used());
      if (oldest === undefined) return false;
      await this.#remove(oldest.name);
      return true;
    });
  }

  #used(): readonly UsedFolder[] {
    const names = this.#disk.list(this.root).map((entry) => entry.replace(/\.used$/, ''));
    const ours = [...new Set(names)].filter((name) => slotOf(name) === this.#slot);
    return ours.map((name) => ({ name, usedAtMs: this.#usedAtMs(name) }));
  }

  /** One without a note was left by an earlier version: it counts from now. */
  #usedAtMs(name: string): number {
    const noted = Number(this.#disk.readText(this.#stamp(name)) ?? Number.NaN);
    if (Number.isFinite(noted)) return noted;
    this.#note(name, this.#clock.now());
    return this.#clock.now();
  }

  /** On a full disk a folder goes without: no build is to fail of it. */
  #note(name: string, usedAtMs: number): void {
    try {
      this.#disk.writeText(this.#stamp(name), String(usedAtMs));
    } catch (thrown) {
      if (!isFull(thrown)) throw thrown;
    }
  }

  /** The note last: a folder that is half removed is found again. */
  async #remove(name: string): Promise<void> {
    await this.#disk.removeTree(path.join(this.root, name));
    this.#disk.remove(this.#stamp(name));
  }

  #stamp(name: string): string {
    return path.join(this.root, `${name}.used`);
  }
}

/** Undefined for what is no build folder: the root may be a folder that holds other things, too. */
function slotOf(name: string): number | undefined {
  const slot = /^[a-z0-9-]*-[0-9a-f]{8}-(\d+)$/.exec(name)?.[1];
  return slot === undefined ? undefined : Number(slot);
}

/** Those that are to go, by name: unused for too long, or more than are kept. */
export function tooOld(folders: readonly UsedFolder[], nowMs: number): readonly string[] {
  const sorted = byAge(folders);
  const surplus = sorted.length - foldersMax;
  return sorted
    .filter(({ usedAtMs }, index) => index < surplus || nowMs - usedAtMs > unusedMsMax)
    .map(({ name }) => name);
}

function byAge(folders: readonly UsedFolder[]): readonly UsedFolder[] {
  return [...folders].sort((left, right) => left.usedAtMs - right.usedAtMs);
}
