import { assert } from '@millrace/kernel/assert';
import { freeFrame } from '@millrace/protocol/agent/frame';
import type { RecordsFrame } from '@millrace/protocol/agent/frame';
import type { Holding, RunOrder } from '@millrace/protocol/agent/messages';
import type { AppliedAndClaimed } from '../store/operations/apply-together.ts';
import type { ApplyAnswer } from '../store/operations/journal.ts';
import type { WorkerSession } from '../store/operations/workers.ts';
import type { AgentStore } from './agent-store.ts';
import type { NextBuild } from './next-build.ts';

/** Frames of one journal that continue each other, as they go to the store. */
export interface Piece extends Holding {
  readonly byte: number;
  readonly length: number;
  readonly frames: readonly RecordsFrame[];
}

/** `next`: the commit gave the slot of a build that has ended to this one. */
export type Applied = ApplyAnswer & { readonly next?: RunOrder };

/**
 * Commits pieces of journals of one worker, one of each, and with those that end a build what its slot builds next,
 * where something was set aside. The frames' memory is given back.
 */
export async function applyPieces(
  store: Pick<AgentStore, 'apply' | 'applyTogether'>,
  name: WorkerSession,
  pieces: readonly Piece[],
  nextAfter: (piece: Piece) => NextBuild | undefined,
): Promise<readonly Applied[]> {
  const nexts = pieces.map(nextAfter);
  const records = recordsOf(pieces);
  const [first] = pieces;
  assert(first, 'there is a piece');
  if (pieces.length === 1 && nexts[0] === undefined) {
    const { build, fence, byte } = first;
    return [await store.apply({ ...name, build, fence, byte, records })];
  }
  let answers: readonly AppliedAndClaimed[] = [];
  try {
    answers = await store.applyTogether({
      ...name,
      pieces: pieces.map(({ build, fence, byte, length }, index) => {
        return { build, fence, byte, length, claim: nexts[index]?.assignment ?? null };
      }),
      records,
    });
    return answers.map((answer, index) => withNext(answer, nexts[index]));
  } finally {
    for (const [index, next] of nexts.entries()) next?.settle(answers[index]?.claimed ?? null);
  }
}

function withNext({ applied, claimed }: AppliedAndClaimed, next: NextBuild | undefined): Applied {
  if (claimed?.kind !== 'claimed' || next === undefined) return applied;
  return { ...applied, next: { ...claimed.order, plan: next.plan } };
}

/** A copy of its exact size: a frame is a view of the connection's buffer, and the store's may be another thread. */
function recordsOf(pieces: readonly Piece[]): Uint8Array {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const records = new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
  let at = 0;
  for (const frame of pieces.flatMap(({ frames }) => frames)) {
    records.set(frame.records, at);
    at += frame.records.length;
    freeFrame(frame);
  }
  return records;
}
