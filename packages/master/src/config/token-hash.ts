import { randomId } from '@millrace/kernel/ids';
import type { Random } from '@millrace/kernel/random';
import { sha256 } from './canonical-json.ts';

/** A fresh token: 256 random bits, with a beginning by which people and scanners know what it is. */
export function newToken(random: Random): string {
  return `mr_${randomId(random, 32)}`;
}

/** What stands in a config instead of the token: nobody who reads the config can use it. */
export function tokenHash(token: string): string {
  return `sha256:${sha256(token)}`;
}
