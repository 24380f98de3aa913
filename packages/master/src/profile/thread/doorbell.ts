/**
 * Wakes a thread that sleeps without its event loop, which takes half the CPU of a timer of its loop. What it is woken
 * for comes as a message: the bell says only that there may be one.
 */
export class Doorbell {
  readonly memory: SharedArrayBuffer;
  readonly #rings: Int32Array;
  #heard: number;

  constructor(memory = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.#rings = new Int32Array(memory);
    this.#heard = Atomics.load(this.#rings, 0);
  }

  ring(): void {
    Atomics.add(this.#rings, 0, 1);
    Atomics.notify(this.#rings, 0);
  }

  /** Blocks this thread for so long, or until the bell rings; also where it has rung since the last time. */
  sleep(ms: number): 'rung' | 'slept' {
    Atomics.wait(this.#rings, 0, this.#heard, ms);
    const rings = Atomics.load(this.#rings, 0);
    if (rings === this.#heard) return 'slept';
    this.#heard = rings;
    return 'rung';
  }
}
