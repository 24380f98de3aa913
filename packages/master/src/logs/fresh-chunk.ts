import type { LogChunk } from '@millrace/protocol/journal/record';
import type { LogPlace } from './line-splitter.ts';
import { openFrame } from './open-frame.ts';

/** A chunk of a log that was committed a moment ago, as it came. */
export class FreshChunk {
  readonly place: LogPlace;
  /** How much it holds; `lines` counts its line feeds. */
  readonly bytes: number;
  readonly lines: number;
  #frame: Uint8Array | undefined;
  #opened: Uint8Array | undefined;

  /** Takes a copy of its bytes: what it is made of is on its way to the store. */
  constructor(chunk: LogChunk) {
    this.place = { byte: chunk.firstByte, line: chunk.firstLine };
    this.bytes = chunk.bytes;
    this.lines = chunk.lines;
    this.#frame = new Uint8Array(chunk.data);
  }

  /** Where what follows it begins. */
  get endByte(): number {
    return this.place.byte + this.bytes;
  }

  /** As it was printed: opened once, for all who follow. @throws MillraceError `log-damaged` */
  open(): Uint8Array {
    if (this.#frame !== undefined) {
      this.#opened = openFrame(this.#frame, this.bytes);
      this.#frame = undefined;
    }
    return this.#opened ?? new Uint8Array();
  }
}
