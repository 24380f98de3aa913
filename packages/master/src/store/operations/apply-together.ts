import type { Holding } from '@millrace/protocol/agent/messages';
import { signal, weighedOperation } from '../operation.ts';
import type { Signal, Transaction, Work } from '../operation.ts';
import { claimAll } from './claim.ts';
import type { Assignment, Claimed } from './claim.ts';
import { applyJournal } from './journal.ts';
import type { ApplyAnswer, ApplyInput } from './journal.ts';
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
    const answers: AppliedAndClaimed[] = [];
    for (const { build, fence, byte, claim, records } of piecesOf(input))
      answers.push(yield* applyOne(tx, { worker, session, build, fence, byte, records }, claim));
    return answers;
  },
  ({ pieces }) => pieces.length,
);

function* applyOne(tx: Transaction, input: ApplyInput, claim: Assignment | null): Work<AppliedAndClaimed> {
  if (claim === null) return { applied: yield* applyJournal.run(tx, input), claimed: null };
  const slots: Signal[] = [];
  const applied = yield* withoutSlots(applyJournal.run(tx, input), slots);
  const ended = applied.kind === 'applied' && applied.ended;
  const [claimed = null] = ended ? yield* claimAll(tx, [claim]) : [];
  // Nobody is told of a slot that is not free.
  if (claimed?.kind !== 'claimed') for (const held of slots) yield* signal(held);
  return { applied, claimed };
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
