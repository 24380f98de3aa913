import type { Random } from './random.ts';

/** `bytes` random bytes in base64url: 16 make a name that never meets itself again, 32 a secret. */
export function randomId(random: Random, bytes = 16): string {
  return Buffer.from(random.bytes(bytes)).toString('base64url');
}
