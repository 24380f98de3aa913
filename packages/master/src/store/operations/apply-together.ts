import type { Holding } from '@millrace/protocol/agent/messages';
import { signal, weighedOperation } from '../operation.ts';
import type { Signal, Work } from '../operation.ts';
import { claimAll } from './claim.ts';
import type { Assignment, Claimed } from './claim.ts';
import { applyJournal } from './journal.ts';
import type { ApplyAnswer } from './journal.ts';
import type { WorkerSession } from './workers.ts';

/** A piece of one build's journal. */
export interface JournalPiece extends Holding {
  /** Where in the journal its first record stands. */
  readonly byte: number;
  /** How many bytes of the input's records are its own. */
  readonly length: number;
  /** What the build's slot is to build next, where these records end it. */
  readonly claim: Assignment | null;
}

export interface ApplyTogetherInput extends WorkerSession {
  /** In the order in which they are judged. */
  readonly pieces: readonly JournalPiece[];
  /** The records of all of them, in their order: one buffer is handed to the store's thread sooner than many. */
  readonly records: Uint8Array;
}

export interface AppliedAndClaimed {
  readonly applied: ApplyAnswer;
  /** Null: the records did not end their build, or nothing was to be claimed. */
  readonly claimed: Claimed | null;
}

/**
 * As `journal.apply`, for all that the journals of one worker have brought by one turn. Each is judged by itself, and
 * the answers stand in their order; what throws undoes all of them. Where records end their build, its slot goes to
 * another request in the same commit: docs/decisions/0095-a-slot-is-filled-by-the-commit-that-frees-it.md.
 */
export const applyTogether = weighedOperation(
  'journal.applyTogether',
  function* (tx, input: ApplyTogetherInput): Work<readonly AppliedAndClaimed[]> {
    const { worker, session } = input;
    const judged: Judged[] = [];
    for (const { build, fence, byte, claim, records } of piecesOf(input)) {
      const held: Signal[] = [];
      const apply = applyJournal.run(tx, { worker, session, build, fence, byte, records });
      const applied = yield* claim === null ? apply : withoutSlots(apply, held);
      const ended = applied.kind === 'applied' && applied.ended;
      judged.push({ applied, held, claim: ended ? claim : null });
    }
    // All at once: their plans, the worker's facts and a builder's numbers are asked for once, and one insert tells of all.
    const claims = judged.map(({ claim }) => claim).filter((claim) => claim !== null);
    const claimed = claims.length === 0 ? [] : yield* claimAll(tx, claims);
    const answers: AppliedAndClaimed[] = [];
    let next = 0;
    for (const { applied, held, claim } of judged) {
      const given = claim === null ? null : (claimed[next++] ?? null);
      // Nobody is told of a slot that is not free.
      if (given?.kind !== 'claimed') for (const slots of held) yield* signal(slots);
      answers.push({ applied, claimed: given });
    }
    return answers;
  },
  ({ pieces }) => pieces.length,
);

interface Judged {
  readonly applied: ApplyAnswer;
  /** What it tells of free slots. */
  readonly held: readonly Signal[];
  /** Null: the build goes on, or nothing is to follow it. */
  readonly claim: Assignment | null;
}

/** Each piece with its own records: views of the input's. */
export function piecesOf({
  pieces,
  records,
}: ApplyTogetherInput): readonly (JournalPiece & { readonly records: Uint8Array })[] {
  let end = 0;
  return pieces.map((piece) => {
    end += piece.length;
    return { ...piece, records: records.subarray(end - piece.length, end) };
  });
}

/** Does the work, and keeps back what it tells of free slots. */
function* withoutSlots<Answer>(work: Work<Answer>, held: Signal[]): Work<Answer> {
  let step = work.next();
  while (!step.done) {
    const effect = step.value;
    if (effect.kind === 'signal' && effect.signal.topic === 'slots') {
      held.push(effect.signal);
      step = work.next();
    } else step = work.next(yield effect);
  }
  return step.value;
}
