import path from 'node:path';
import process from 'node:process';
import { systemClock } from '@millrace/kernel/clock';
import { MillraceError } from '@millrace/kernel/errors';
import { systemRandom } from '@millrace/kernel/random';
import type { Holding, RunOrder } from '@millrace/protocol/agent/messages';
import { decodeRecord, journalStart } from '@millrace/protocol/journal/codec';
import type { Entry, Position } from '@millrace/protocol/journal/record';
import type { ConnectionEvents } from './connection.ts';
import { lockOf, openDataFolder, slotName } from './data-folder.ts';
import type { DataFolder } from './data-folder.ts';
import type { FileLock } from './file-lock.ts';
import { journalFile, listJournals, removeJournal } from './journal/journal-file.ts';
import { JournalReader } from './journal/journal-reader.ts';
import { nodeDisk } from './node-disk.ts';
import { zstdCompressor } from './output/compressor.ts';
import { PosixPlatform } from './platform-posix.ts';
import { BuildSite } from './slot/build-site.ts';
import type { FromSlot } from './slot/link.ts';
import { buildMarker } from './slot/marker.ts';
import { Slot } from './slot/slot.ts';
import type { SlotPlace } from './slot/slot.ts';
import { sqliteLocks } from './sqlite-locks.ts';
import { inheritedEnvironment } from './steps/environment.ts';

/** So many builds of one data folder at once: more is a mistake. */
const slotsMax = 16;
/** How far a build may be ahead of whoever is shown its output. */
const aheadBytesMax = 16 * 1024 ** 2;
/** As much of the journal is read at once. */
const readBytesMax = 1024 ** 2;

export interface LocalBuildOptions {
  readonly dataFolder: string;
  /** What steps are told that the worker is called. */
  readonly worker: string;
  /** What steps are told that its number is, over all builders; absent: 1. */
  readonly build?: number;
  /** A folder of somebody's own to work in, as it lies there; absent: one below the data folder. */
  readonly inPlace?: string;
}

/** What is to be built; the rest of an order is the slot's. */
export type LocalOrder = Omit<RunOrder, keyof Holding | 'slot'>;

/**
 * One build in this process, with nobody to give it out and nobody to keep it: the slot and the journal of a worker,
 * whose records are shown as they are written.
 */
export class LocalBuild implements Disposable {
  readonly #place: SlotPlace;
  readonly #platform: PosixPlatform;
  readonly #lock: FileLock;
  readonly #slot: Slot;
  readonly #holding: Holding;
  #events: ConnectionEvents | undefined;
  #trouble: { readonly error: unknown } | undefined;

  private constructor(options: LocalBuildOptions, folder: DataFolder, number: number, lock: FileLock) {
    this.#lock = lock;
    // The fence is the place's, so that no two that run at a time have one name.
    this.#holding = { build: options.build ?? 1, fence: number + 1 };
    this.#platform = new PosixPlatform(path.join(folder.path, 'fifos', slotName(number)));
    this.#place = {
      slot: number,
      worker: options.worker,
      spoolId: folder.spoolId,
      spool: folder.path,
      data: folder.path,
      environment: inheritedEnvironment(process.env),
      spoolBytesMax: aheadBytesMax,
      ...(options.inPlace === undefined ? {} : { inPlace: options.inPlace }),
    };
    const parts = { clock: systemClock, disk: nodeDisk, locks: sqliteLocks, platform: this.#platform };
    this.#slot = new Slot({ ...parts, compress: zstdCompressor }, this.#place);
  }

  /**
   * Takes the first free place in the data folder; what a killed one has left running in it is ended.
   * @throws MillraceError `data-folder`, `data-folder-in-use`.
   */
  static open(options: LocalBuildOptions): LocalBuild {
    const folder = openDataFolder(options.dataFolder, systemRandom);
    for (let number = 0; number < slotsMax; number += 1) {
      const lock = sqliteLocks.tryTake(lockOf(folder, slotName(number)));
      if (lock === undefined) continue;
      const build = new LocalBuild(options, folder, number, lock);
      build.#endLeftovers();
      return build;
    }
    throw new MillraceError(
      'data-folder-in-use',
      `${slotsMax} builds run in ${folder.path} already. Wait for one of them, or give another folder with --data.`,
    );
  }

  /** Where an order's steps run. */
  folderOf(order: LocalOrder): string {
    return new BuildSite(nodeDisk, systemClock, this.#place, this.#orderOf(order)).folder;
  }

  /**
   * Runs it to its end. Each record is shown once, in its order, and the next one when the one before it has been
   * taken: a build whose output nobody takes waits.
   * @throws what `show` throws, and MillraceError `refused` where it could not be begun.
   */
  async run(order: LocalOrder, show: (entry: Entry) => Promise<void>): Promise<void> {
    const journal = new Shown(this.#place.spool, this.#holding, show);
    await new Promise<void>((resolve, reject) => {
      const go = (message: FromSlot): void => {
        this.#onMessage(message, journal, resolve, reject);
      };
      const connection = {
        send: (message: string | Uint8Array) => {
          go(JSON.parse(String(message)) as FromSlot);
          return true;
        },
        close: () => undefined,
      };
      this.#events = this.#slot.accept(connection);
      this.#tell({ type: 'run', order: this.#orderOf(order) });
    }).finally(() => journal.close());
  }

  /** Ends what runs, in order: it says so itself. */
  cancel(message: string): void {
    this.#tell({ type: 'cancel', reason: 'cancelled', message, ...this.#holding });
  }

  /** Ends the commands that run at once, without a grace time. */
  killNow(): void {
    this.#platform.signalMarked(buildMarker(this.#place.spoolId, this.#holding), 'SIGKILL');
  }

  /** Gives the place free. Nothing runs. */
  [Symbol.dispose](): void {
    removeJournal(nodeDisk, this.#place.spool, this.#holding);
    this.#lock.release();
  }

  /** Of builds that were killed in this place. */
  #endLeftovers(): void {
    const { spool, spoolId } = this.#place;
    for (const left of listJournals(nodeDisk, spool)) {
      if (left.fence !== this.#holding.fence) continue;
      this.#platform.signalMarked(buildMarker(spoolId, left), 'SIGKILL');
      removeJournal(nodeDisk, spool, left);
    }
  }

  #onMessage(message: FromSlot, journal: Shown, resolve: () => void, reject: (error: unknown) => void): void {
    if (message.type === 'slot-state') return;
    if (message.type === 'refused') {
      reject(new MillraceError('refused', message.message));
      return;
    }
    void journal
      .showUpTo(message.byte, (logs) => this.#tell({ type: 'watched', logs }))
      .catch((error: unknown) => this.#giveUp(error))
      .then(() => {
        this.#tell({ type: 'acknowledged', byte: message.byte, ...this.#holding });
        if (message.type !== 'ended') return;
        if (this.#trouble === undefined) resolve();
        else reject(this.#trouble.error);
      });
  }

  /** Nobody takes what it shows: it is ended, and its last record is waited for all the same. */
  #giveUp(error: unknown): void {
    if (this.#trouble !== undefined) return;
    this.#trouble = { error };
    this.cancel('What it printed was not taken.');
    this.killNow();
  }

  #orderOf(order: LocalOrder): RunOrder {
    return { ...order, ...this.#holding, slot: this.#place.slot };
  }

  #tell(message: object): void {
    this.#events?.onMessage(JSON.stringify(message));
  }
}

/** A journal that is shown while it is written. */
class Shown {
  readonly #spool: string;
  readonly #holding: Holding;
  readonly #show: (entry: Entry) => Promise<void>;
  readonly #logs: number[] = [];
  #reader: JournalReader | undefined;
  #position: Position = journalStart;
  #last: Promise<void> = Promise.resolve();

  constructor(spool: string, holding: Holding, show: (entry: Entry) => Promise<void>) {
    this.#spool = spool;
    this.#holding = holding;
    this.#show = show;
  }

  /** Resolves when all up to there has been taken. `watch`: of these logs each piece is wanted at once. */
  showUpTo(byte: number, watch: (logs: readonly number[]) => void): Promise<void> {
    this.#last = this.#last.then(() => this.#showNow(byte, watch));
    return this.#last;
  }

  close(): void {
    this.#reader?.close();
  }

  async #showNow(byte: number, watch: (logs: readonly number[]) => void): Promise<void> {
    this.#reader ??= new JournalReader(nodeDisk, journalFile(this.#spool, this.#holding));
    while (this.#position.byte < byte) {
      let bytes = this.#reader.read(this.#position.byte, byte, readBytesMax);
      if (bytes.length === 0)
        throw new MillraceError('journal-malformed', 'The journal is shorter than the slot says.');
      while (bytes.length > 0) {
        const decoded = decodeRecord(this.#position, bytes);
        if (decoded.kind !== 'record')
          throw new MillraceError('journal-malformed', `The journal cannot be read on: ${decoded.kind}.`);
        const { entry, next } = decoded;
        bytes = bytes.subarray(next.byte - this.#position.byte);
        this.#position = next;
        if (entry.fact.kind === 'log-opened') {
          this.#logs.push(entry.fact.log);
          watch(this.#logs);
        }
        await this.#show(entry);
      }
    }
  }
}
