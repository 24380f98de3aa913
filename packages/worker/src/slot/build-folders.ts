import path from 'node:path';
import type { Clock } from '@millrace/kernel/clock';
import { Turns } from '@millrace/kernel/turns';
import type { Disk } from '../disk.ts';
import { isFull } from '../journal/journal-writer.ts';

/** A folder that no build has used for so long is removed: its builder has gone, or runs elsewhere. */
export const unusedMsMax = 30 * 24 * 3_600_000;
/** Of more folders than this those go that were used least recently. */
export const foldersMax = 100;
/** A note may be so old: what it serves are days, and each costs the disk a sync. */
const noteEveryMs = 10 * 60_000;

interface UsedFolder {
  readonly name: string;
  readonly usedAtMs: number;
}

interface KnownFolder {
  readonly usedAtMs: number;
  /** The use that is noted on the disk; -Infinity: none is. */
  readonly notedAtMs: number;
}

/**
 * The build folders of one slot, which no other slot touches: what is there is read once. Beside each lies a file
 * that says, to some minutes, when it was last used: the folder's own time is that of whatever ran in it.
 */
export class BuildFolders {
  readonly root: string;
  readonly #disk: Disk;
  readonly #clock: Clock;
  readonly #slot: number;
  /** A folder that is being removed is not used before that is done. */
  readonly #turns = new Turns();
  /** By name. Read when the first is used. */
  #known: Map<string, KnownFolder> | undefined;

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
      this.#touch(name, nowMs);
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
    return [...this.#folders()].map(([name, { usedAtMs }]) => ({ name, usedAtMs }));
  }

  #touch(name: string, nowMs: number): void {
    const folders = this.#folders();
    let notedAtMs = folders.get(name)?.notedAtMs ?? -Infinity;
    // Also where the clock was put back.
    if (Math.abs(nowMs - notedAtMs) >= noteEveryMs && this.#note(name, nowMs)) notedAtMs = nowMs;
    if (slotOf(name) === this.#slot) folders.set(name, { usedAtMs: nowMs, notedAtMs });
  }

  #folders(): Map<string, KnownFolder> {
    if (this.#known !== undefined) return this.#known;
    this.#known = new Map();
    const names = this.#disk.list(this.root).map((entry) => entry.replace(/\.used$/, ''));
    const ours = [...new Set(names)].filter((name) => slotOf(name) === this.#slot);
    for (const name of ours) {
      const noted = Number(this.#disk.readText(this.#stamp(name)) || Number.NaN);
      if (Number.isFinite(noted)) this.#known.set(name, { usedAtMs: noted, notedAtMs: noted });
      // One without a note was left by an earlier version: it counts from now.
      else this.#touch(name, this.#clock.now());
    }
    return this.#known;
  }

  /** False on a full disk, where a folder goes without: no build is to fail of it. */
  #note(name: string, usedAtMs: number): boolean {
    try {
      this.#disk.writeText(this.#stamp(name), String(usedAtMs));
      return true;
    } catch (thrown) {
      if (!isFull(thrown)) throw thrown;
      return false;
    }
  }

  /** The note last: a folder that is half removed is found again. */
  async #remove(name: string): Promise<void> {
    await this.#disk.removeTree(path.join(this.root, name));
    this.#disk.remove(this.#stamp(name));
    this.#known?.delete(name);
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
