import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { MillraceError } from '@millrace/kernel/errors';

/**
 * The database has this name until all of the backup is there: a restore that was cut off leaves no store. It is there
 * before anything else is, so that the next restore knows what it finds for the rest of a cut-off one, and clears it.
 */
export const unfinished = 'millrace.db.restoring';

/** @throws MillraceError `restore-unfinished`: what is in the folder is not whole, and no empty store takes its place */
export function refuseHalfRestored(data: string): void {
  if (!existsSync(join(data, unfinished)) || existsSync(join(data, 'millrace.db'))) return;
  throw new MillraceError(
    'restore-unfinished',
    `A restore into ${data} was cut off. Run the same \`millrace restore\` again: it begins anew.`,
  );
}
