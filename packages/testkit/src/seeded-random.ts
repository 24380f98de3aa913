import type { Random } from '@millrace/kernel/random';
import { below } from '@millrace/kernel/random';
import { assert } from '@millrace/kernel/assert';

/**
 * Randomness that a seed decides: sfc32 (Chris Doty-Humphrey, PractRand), its state drawn from the seed by
 * SplitMix32, so that neighbouring seeds have nothing to do with each other. Fit for tests alone.
 */
export class SeededRandom implements Random {
  readonly #state: Uint32Array;

  constructor(seed: number) {
    const next = splitMix32(seed);
    this.#state = Uint32Array.of(next(), next(), next(), 1);
    for (let round = 0; round < 12; round++) this.#next();
  }

  fraction(): number {
    // 53 bits, as Math.random has.
    return ((this.#next() >>> 5) * 2 ** 26 + (this.#next() >>> 6)) / 2 ** 53;
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.#next() >>> 24);
  }

  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + below(this, most - least + 1);
  }

  /** True once in `1 / probability` times. */
  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  pick<T>(list: readonly T[]): T {
    const index = below(this, list.length);
    assert(list.length > 0, 'there is something to pick from');
    return list[index] as T;
  }

  /** A source of its own for one part of a run, so that a draw more in one part moves nothing in another. */
  fork(): SeededRandom {
    return new SeededRandom(this.#next());
  }

  #next(): number {
    const [a = 0, b = 0, c = 0, counter = 0] = this.#state;
    const result = (a + b + counter) >>> 0;
    this.#state[3] = counter + 1;
    this.#state[0] = b ^ (b >>> 9);
    this.#state[1] = c + (c << 3);
    this.#state[2] = ((c << 21) | (c >>> 11)) + result;
    return result;
  }
}

function splitMix32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
}
