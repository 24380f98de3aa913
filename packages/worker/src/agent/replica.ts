import { assert } from '@millrace/kernel/assert';
import { frameHeadBytes, writeFrameHead } from '@millrace/protocol/agent/frame';
import type { Holding } from '@millrace/protocol/agent/messages';
import type { Position } from '@millrace/protocol/journal/record';
import { recordBytesMax } from '@millrace/protocol/journal/record';
import type { Disk } from '../disk.ts';
import type { JournalFile } from '../journal/journal-file.ts';
import { JournalReader } from '../journal/journal-reader.ts';

/** What stands ready to be sent. `stuck`: the journal does not go on from where the store wants it. */
export type NextFrame =
  | { readonly kind: 'frame'; readonly bytes: Uint8Array }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'stuck' };

/**
 * One journal on this disk, and how much of it has been sent. The places in it rise in this order:
 *
 *   stored <= sent <= released <= end
 *
 * `stored` is what the store has committed, as the master told it; nothing of it is kept across a connection
 * but as a hint, and nothing is sent before a master has said where to begin. What stands between `released`
 * and `end` is held back to be sent with others.
 */
export class Replica implements Holding {
  readonly build: number;
  readonly fence: number;
  readonly #disk: Disk;
  #file: JournalFile;
  #reader: JournalReader | undefined;
  #end: number;
  #ended: boolean;
  #released: number;
  #stored: Position | undefined;
  #sent: number | undefined;

  constructor(disk: Disk, file: JournalFile, found: { readonly endByte: number; readonly ended: boolean }) {
    this.build = file.build;
    this.fence = file.fence;
    this.#disk = disk;
    this.#file = file;
    this.#end = found.endByte;
    this.#ended = found.ended;
    this.#released = found.endByte;
  }

  get file(): JournalFile {
    return this.#file;
  }

  get endByte(): number {
    return this.#end;
  }

  /** A master has said from where to send, on the connection that stands. */
  get placed(): boolean {
    return this.#sent !== undefined;
  }

  /** Whether its last record is on this disk. */
  get ended(): boolean {
    return this.#ended;
  }

  /** What the store has, as far as any master has told this process. */
  get stored(): Position | undefined {
    return this.#stored;
  }

  /** The store has more than this file: its tail was lost, or the store is another. */
  get behindStore(): boolean {
    return this.#stored !== undefined && this.#stored.byte > this.#end;
  }

  /** Sent, and not acknowledged. */
  get bytesUnderWay(): number {
    return this.#sent === undefined ? 0 : this.#sent - (this.#stored?.byte ?? 0);
  }

  get heldBackBytes(): number {
    return this.#end - this.#released;
  }

  /** A master says where the store is: what follows is sent, again where need be. */
  place(position: Position): void {
    this.#stored = position;
    this.#sent = position.byte;
    this.#released = Math.max(this.#released, position.byte);
  }

  /** The connection is gone, and with it what was under way. */
  unplace(): void {
    this.#sent = undefined;
  }

  acknowledge(position: Position): void {
    if (position.byte <= (this.#stored?.byte ?? -1)) return;
    this.#stored = position;
    if (this.#sent !== undefined) this.#sent = Math.max(this.#sent, position.byte);
    this.#released = Math.max(this.#released, position.byte);
  }

  /** Whole records stand up to `byte`. */
  grow(byte: number): void {
    this.#end = Math.max(this.#end, byte);
  }

  end(byte: number): void {
    this.grow(byte);
    this.#ended = true;
  }

  /** What has been written so far may be sent. */
  release(): void {
    this.#released = Math.max(this.#released, this.#end);
  }

  /** The journal goes on in this file: its slot is dead, and its end was written by the recovery. */
  replaceFile(file: JournalFile, endByte: number): void {
    this.close();
    this.#file = file;
    this.#end = endByte;
    this.#ended = true;
    this.#released = endByte;
  }

  /** The next records as a frame of at most `frameBytes`, with at most `creditBytes` under way; it counts as sent. */
  next(frameBytes: number, creditBytes: number): NextFrame {
    assert(frameBytes >= frameHeadBytes + recordBytesMax, 'the largest record fits into a frame');
    if (this.#sent === undefined || this.#sent >= this.#released) return { kind: 'nothing' };
    const underWay = this.bytesUnderWay;
    // One record may always be under way, or a credit smaller than it would stop the journal for ever.
    if (underWay > 0 && creditBytes - underWay < recordBytesMax) return { kind: 'nothing' };
    if (this.#sent < this.#file.base.byte) return { kind: 'stuck' };
    this.#reader ??= new JournalReader(this.#disk, this.#file);
    const bytesMax = Math.min(frameBytes - frameHeadBytes, Math.max(creditBytes - underWay, recordBytesMax));
    // Memory of its own, which the connection gives back once it is sent.
    const frame = Buffer.allocUnsafeSlow(frameHeadBytes + Math.min(bytesMax, this.#released - this.#sent));
    const recordBytes = this.#reader.readInto(this.#sent, frame.subarray(frameHeadBytes));
    if (recordBytes === 0) return { kind: 'stuck' };
    writeFrameHead(frame, { build: this.build, fence: this.fence, byte: this.#sent });
    this.#sent += recordBytes;
    return { kind: 'frame', bytes: frame.subarray(0, frameHeadBytes + recordBytes) };
  }

  close(): void {
    this.#reader?.close();
    this.#reader = undefined;
  }
}
