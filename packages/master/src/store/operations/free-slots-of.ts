import type { ChangedFiles } from '@millrace/protocol/condition';
import type { FreeSlot } from '../../model/choose.ts';
import { query, row, rows } from '../operation.ts';
import type { Work } from '../operation.ts';
import type { Source } from './buildsets.ts';
import { changedFilesOf } from './dispatch.ts';

export interface FreeSlotsOfInput {
  /** Only workers whose agents are connected to this master. */
  readonly master: string;
  readonly workers: readonly string[];
  /** What is to be built there. */
  readonly source: Source | null;
}

/** The free slots of a few workers, and what a plan for a source needs to know of it. */
export const freeSlotsOf = query('dispatch.freeSlotsOf', function* (_tx, input: FreeSlotsOfInput): Work<{
  readonly slots: readonly FreeSlot[];
  readonly changedFiles: ChangedFiles | null;
}> {
  const slots: FreeSlot[] = [];
  for (const worker of input.workers) {
    const known = yield* row<{ session: number; slots: number; trust: string }>(
      `select session, slots, trust from workers
       where name = ? and connected = 1 and accepts = 1 and held is null and master = ?`,
      worker,
      input.master,
    );
    if (known === undefined) continue;
    const busy = yield* rows<{ slot: number }>(
      `select slot from builds where worker = ? and state = 'running'`,
      worker,
    );
    for (let slot = 0; slot < known.slots; slot++)
      if (!busy.some((build) => build.slot === slot))
        slots.push({ worker, session: known.session, slot, trust: known.trust });
  }
  const changedFiles = slots.length > 0 && input.source ? yield* changedFilesOf(input.source) : null;
  return { slots, changedFiles };
});
