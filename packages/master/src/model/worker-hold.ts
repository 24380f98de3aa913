import { unreachable } from '@millrace/kernel/assert';
import type { HoldState } from '@millrace/protocol/api/holds';
import type { EventType } from '@millrace/protocol/event';

export type HoldInput = 'pause' | 'drain' | 'resume' | 'build-ended';

export interface HoldChange {
  /** Null: it takes builds. */
  readonly state: HoldState | null;
  /** What is told, in this order; none where nothing has changed. */
  readonly events: readonly EventType[];
  /** Whether who, why and when are those of this input from now on. */
  readonly isNew: boolean;
}

/**
 * What becomes of a worker's hold. `running` counts the builds that run there, after the input. Pausing or draining
 * once more puts a new reason in the old one's place; draining a worker on which nothing runs is done at once.
 */
export function holdAfter(state: HoldState | null, input: HoldInput, running: number): HoldChange {
  switch (input) {
    case 'pause':
      return { state: 'paused', events: ['worker.paused'], isNew: true };
    case 'drain':
      return running === 0
        ? { state: 'drained', events: ['worker.draining', 'worker.drained'], isNew: true }
        : { state: 'draining', events: ['worker.draining'], isNew: true };
    case 'resume':
      return { state: null, events: state === null ? [] : ['worker.resumed'], isNew: false };
    case 'build-ended':
      return state === 'draining' && running === 0
        ? { state: 'drained', events: ['worker.drained'], isNew: false }
        : { state, events: [], isNew: false };
    default:
      return unreachable(input);
  }
}

/** A sentence about it, for where people wonder why a worker takes nothing. */
export function holdSentence(hold: {
  readonly state: HoldState;
  readonly by: string | null;
  readonly reason: string;
}): string {
  return `${hold.state}${hold.by === null ? '' : ` by "${hold.by}"`}: ${hold.reason}`;
}
