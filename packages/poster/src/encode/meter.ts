import type { Clock } from '../clock.ts';
import type { MultipartParam } from './multipart-param.ts';
import type { Block } from './pass.ts';
import type { PartProgress, ProgressListener } from './progress.ts';
import { Speed } from './speed.ts';

/** Counts one pass and tells the listeners. */
export class Meter {
  readonly #params: readonly MultipartParam[];
  readonly #totalBytes: number | undefined;
  readonly #listeners: readonly ProgressListener[];
  readonly #clock: Clock;
  readonly #speed: Speed;
  #sentBytes = 0;
  #part: PartProgress | undefined;

  constructor(
    params: readonly MultipartParam[],
    totalBytes: number | undefined,
    listeners: readonly ProgressListener[],
    clock: Clock,
  ) {
    this.#params = params;
    this.#totalBytes = totalBytes;
    this.#listeners = listeners;
    this.#clock = clock;
    this.#speed = new Speed(clock.now());
  }

  /** Bytes of the body counted so far. */
  get sentBytes(): number {
    return this.#sentBytes;
  }

  /** Counts a block that was sent: each param in it is told first, then the listeners of the whole. */
  count(block: Block): void {
    this.#sentBytes += block.bytes.length;
    for (const span of block.spans) {
      const param = this.#params[span.index];
      if (param === undefined) continue;
      const before = this.#part?.index === span.index ? this.#part.sentBytes : 0;
      this.#part = {
        name: param.name,
        fileName: param.fileName,
        index: span.index,
        sentBytes: before + span.contentBytes,
        totalBytes: param.lengthBytes,
        done: span.last,
      };
      param.onProgress?.(this.#part);
    }
    if (this.#listeners.length === 0) return;
    this.#speed.add(block.bytes.length, this.#clock.now());
    const { bytesPerSecond } = this.#speed;
    const leftBytes = this.#totalBytes === undefined ? undefined : this.#totalBytes - this.#sentBytes;
    const progress = {
      sentBytes: this.#sentBytes,
      totalBytes: this.#totalBytes,
      bytesPerSecond,
      secondsLeft: leftBytes === undefined || bytesPerSecond === 0 ? undefined : leftBytes / bytesPerSecond,
      part: this.#part,
    };
    for (const listener of this.#listeners) listener(progress);
  }
}
