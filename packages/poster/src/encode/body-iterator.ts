import type { Meter } from './meter.ts';
import type { Block, Pass } from './pass.ts';

/** Bytes of a block; each is a buffer of its own. */
const blockBytes = 64 * 1024;

/**
 * A pass as an iterator. A generator would not do: its `return` waits behind a `next` that a silent stream
 * may never answer, so that giving up would hang.
 */
export class BodyIterator implements AsyncIterableIterator<Uint8Array, undefined, void> {
  readonly #pass: Pass;
  readonly #meter: Meter;
  #given: Block | undefined;
  #over = false;

  constructor(pass: Pass, meter: Meter) {
    this.#pass = pass;
    this.#meter = meter;
  }

  /** The next block. Asking for it says that the one before was sent. */
  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    try {
      if (this.#given !== undefined) this.#meter.count(this.#given);
      this.#given = this.#over ? undefined : await this.#pass.pull(new Uint8Array(blockBytes));
    } catch (error) {
      await this.return();
      throw error;
    }
    if (this.#given !== undefined) return { value: this.#given.bytes, done: false };
    return this.return();
  }

  /** Gives up: frees the sources, also while a `next` is waited for. */
  async return(): Promise<{ value: undefined; done: true }> {
    this.#over = true;
    this.#given = undefined;
    await this.#pass.close();
    return { value: undefined, done: true };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
