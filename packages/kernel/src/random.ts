import { randomBytes } from 'node:crypto';

/** Randomness, as everything outside this package sees it. The simulator's comes from its seed. */
export interface Random {
  /** A number in [0, 1). */
  fraction(): number;
  /** `length` bytes, fit for tokens where the source is {@link systemRandom}. */
  bytes(length: number): Uint8Array;
}

export const systemRandom: Random = {
  fraction: () => Math.random(),
  bytes: (length) => new Uint8Array(randomBytes(length)),
};

/** A whole number in [0, bound). */
export function below(random: Random, bound: number): number {
  return Math.floor(random.fraction() * bound);
}
