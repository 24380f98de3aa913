import { recordLength } from '@millrace/protocol/journal/codec';
import { recordBytesMax } from '@millrace/protocol/journal/record';
import { assert } from '@millrace/kernel/assert';
import type { Disk, DiskFile } from '../disk.ts';
import type { JournalFile } from './journal-file.ts';

/** Reads a journal that may still be growing, by places in it: what replication sends. */
export class JournalReader {
  readonly #bytes: DiskFile;
  readonly #baseByte: number;

  /** @throws with code `ENOENT`. */
  constructor(disk: Disk, file: JournalFile) {
    this.#bytes = disk.open(file.path);
    this.#baseByte = file.base.byte;
  }

  /** Where the file ends. While its slot writes, the last record may still be in the making: ask the slot. */
  get endByte(): number {
    return this.#baseByte + this.#bytes.size();
  }

  /** The first byte that stands in this file. */
  get firstByte(): number {
    return this.#baseByte;
  }

  /**
   * Whole records from `byte` on, which begins one, up to `endByte`, which ends one: as many as fit into
   * `bytesMax`, nothing where `byte` is the end.
   */
  read(byte: number, endByte: number, bytesMax: number): Uint8Array {
    assert(bytesMax >= recordBytesMax, 'the largest record fits');
    assert(byte >= this.#baseByte, 'the file begins before what is read');
    const bytes = this.#bytes.read(byte - this.#baseByte, Math.min(bytesMax, endByte - byte));
    return bytes.subarray(0, wholeRecordsIn(bytes));
  }

  /** The same into memory of the caller's, as many as fit: how many bytes. All of it may be read: it ends no later. */
  readInto(byte: number, target: Uint8Array): number {
    assert(byte >= this.#baseByte, 'the file begins before what is read');
    const read = this.#bytes.readInto(byte - this.#baseByte, target);
    return wholeRecordsIn(target.subarray(0, read));
  }

  close(): void {
    this.#bytes.close();
  }
}

/** How many bytes whole records take, from the beginning on. */
function wholeRecordsIn(bytes: Uint8Array): number {
  let whole = 0;
  for (;;) {
    const length = recordLength(bytes.subarray(whole));
    if (length === undefined || length === 0 || whole + length > bytes.length) return whole;
    whole += length;
  }
}
