import { createHash } from 'node:crypto';
import path from 'node:path';

/**
 * Where a build of a builder works: one folder for each slot, used again, so that a checkout finds what the
 * last one left. The name is for people, the hash keeps names apart that look the same.
 */
export function buildFolder(data: string, builder: string, slot: number): string {
  const slug = builder
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 40);
  const hash = createHash('sha256').update(builder).digest('hex').slice(0, 8);
  return path.join(data, 'builds', `${slug}-${hash}-${slot}`);
}
