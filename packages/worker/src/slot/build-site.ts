import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Clock } from '@millrace/kernel/clock';
import type { RunOrder } from '@millrace/protocol/agent/messages';
import { clobberProperty, defaultTrust } from '@millrace/protocol/plan';
import type { Disk } from '../disk.ts';
import { BuildFolders } from './build-folders.ts';
import { TemporaryFolders } from './temporary-folders.ts';

export interface SitePlace {
  readonly slot: number;
  /** The worker's data folder. */
  readonly data: string;
  /** Where build folders are, absolute; absent: `builds/` below the data folder. */
  readonly builds?: string;
  /** A folder of somebody's own, absolute: builds work in it as it lies there, and it is neither made nor cleaned. */
  readonly inPlace?: string;
}

/** What a slot keeps of its builds' folders from one to the next. */
export interface SlotFolders {
  readonly builds: BuildFolders;
  readonly temporary: TemporaryFolders;
}

export function slotFolders(disk: Disk, clock: Clock, place: SitePlace): SlotFolders {
  return { builds: new BuildFolders(disk, clock, place), temporary: new TemporaryFolders(disk, place) };
}

/**
 * Where one build works. Its folder is that of its builder on this slot, used again by later builds; its folder for
 * temporary files is its own, and all that is in it is gone when it has ended.
 */
export class BuildSite {
  readonly folder: string;
  readonly temporary: string;
  /** Of the build's level of trust. */
  readonly mirrors: string;
  readonly #disk: Disk;
  readonly #place: SitePlace;
  readonly #clobber: boolean;
  readonly #folders: SlotFolders;
  #ready: Promise<void> | undefined;

  /** `folders`: those of the slot, where more is done with them than by its builds. */
  constructor(
    disk: Disk,
    clock: Clock,
    place: SitePlace,
    order: RunOrder,
    folders = slotFolders(disk, clock, place),
  ) {
    const trust = order.plan.trust ?? defaultTrust;
    this.#disk = disk;
    this.#place = place;
    this.#folders = folders;
    this.#clobber = String(order.plan.properties[clobberProperty]) === 'true';
    this.folder =
      place.inPlace ?? path.join(folders.builds.root, buildFolderName(order.builder, trust, place.slot));
    this.temporary = folders.temporary.of(order.build);
    this.mirrors = path.join(place.data, 'mirrors', nameOf(trust));
  }

  /** Makes it ready for the build's first step, once. */
  ready(): Promise<void> {
    this.#ready ??= this.#prepare();
    return this.#ready;
  }

  /** Removes what is the build's alone. */
  async leave(): Promise<void> {
    await this.#folders.temporary.remove(this.temporary);
  }

  async #prepare(): Promise<void> {
    await this.#folders.temporary.make(this.temporary);
    if (this.#place.inPlace !== undefined) return;
    await this.#folders.builds.use(path.basename(this.folder));
    // A link in its place would have all that is done in it be done elsewhere.
    if (this.#disk.isLink(this.folder)) this.#disk.remove(this.folder);
    if (this.#clobber) await this.#disk.removeTree(this.folder);
    this.#disk.makeFolder(this.folder);
  }
}

/**
 * The name is for people, the hash keeps names apart that look the same. Another level of trust is another folder:
 * what one leaves is not for the other.
 */
export function buildFolderName(builder: string, trust: string, slot: number): string {
  return `${nameOf(builder, trust)}-${slot}`;
}

function nameOf(text: string, more = ''): string {
  const slug = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 40);
  const hashed = more === '' || more === defaultTrust ? text : `${text}\0${more}`;
  return `${slug}-${createHash('sha256').update(hashed).digest('hex').slice(0, 8)}`;
}
