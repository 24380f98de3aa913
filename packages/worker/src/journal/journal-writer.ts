import type { Clock } from '@millrace/kernel/clock';
import { codeOf } from '@millrace/kernel/errors';
import { encodeRecord } from '@millrace/protocol/journal/codec';
import type { Fact, Position } from '@millrace/protocol/journal/record';
import type { Disk, DiskFile } from '../disk.ts';
import type { JournalFile } from './journal-file.ts';

/** `full`: the disk had no room; nothing of the record is in the file, and it may be tried again. */
export type Appended = 'appended' | 'full';

/**
 * Appends to one build's journal. After each call the file holds whole records and nothing else, whether the
 * disk had room or not; only a death in the middle of an append leaves a torn one, and recovery cuts it.
 */
export class JournalWriter {
  readonly #clock: Clock;
  readonly #disk: DiskFile;
  readonly #base: Position;
  #position: Position;

  private constructor(clock: Clock, disk: DiskFile, base: Position, position: Position) {
    this.#clock = clock;
    this.#disk = disk;
    this.#base = base;
    this.#position = position;
  }

  /** Begins a journal. @throws with code `EEXIST`: there is one, so this build has been begun before. */
  static create(clock: Clock, disk: Disk, file: JournalFile): JournalWriter {
    return new JournalWriter(clock, disk.create(file.path), file.base, file.base);
  }

  /** Goes on with a recovered journal, whose last whole record ends at `position`. */
  static resume(clock: Clock, disk: Disk, file: JournalFile, position: Position): JournalWriter {
    return new JournalWriter(clock, disk.open(file.path), file.base, position);
  }

  /** The place after the last whole record. */
  get position(): Position {
    return this.#position;
  }

  /** `at`: when it was so, milliseconds since 1970; now, where not told. */
  append(fact: Fact, at: number = this.#clock.now()): Appended {
    const record = encodeRecord(this.#position, at, fact);
    try {
      this.#disk.append(record.bytes);
    } catch (thrown) {
      if (!isFull(thrown)) throw thrown;
      this.#disk.truncate(this.#position.byte - this.#base.byte);
      return 'full';
    }
    this.#position = record.next;
    return 'appended';
  }

  close(): void {
    this.#disk.close();
  }
}

/** The disk, or the user's part of it, has no room. */
export function isFull(thrown: unknown): boolean {
  const code = codeOf(thrown);
  return code === 'ENOSPC' || code === 'EDQUOT';
}
