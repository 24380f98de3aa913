import type { Holding, Verdict } from '@millrace/protocol/agent/messages';
import type { Reason } from '@millrace/protocol/result';

/** What the store knows of a build that a worker says it has. */
export interface KnownBuild {
  readonly worker: string;
  readonly slot: number;
  readonly fence: number;
  readonly state: 'running' | 'finished';
  readonly result: string | null;
  readonly reason: Reason | null;
  readonly seq: number;
  readonly hash: string;
  readonly byte: number;
  readonly cancel_reason: Reason | null;
  readonly cancel_message: string | null;
  readonly request: number;
  readonly request_state: 'pending' | 'claimed' | 'finished';
  readonly request_fence: number;
  /** Another build runs on its slot. */
  readonly slot_taken: number;
}

/**
 * What a worker is told about a journal that it has:
 *
 *   the store has no such build, or another holder     -> fenced
 *   it runs                                             -> resume from the store's position
 *   it ended as lost, but the journal is whole and the
 *   retry has not been given out                        -> adopted: resume, and its own end will count
 *   it ended                                            -> done where the journal has ended too, else fenced
 */
export function verdictFor(
  worker: string,
  journal: Holding & { readonly ended: boolean },
  build: KnownBuild | undefined,
): { readonly verdict: Verdict; readonly adopt: boolean } {
  const holding = { build: journal.build, fence: journal.fence };
  const fenced = (message: string) => ({
    verdict: { kind: 'fenced' as const, message, ...holding },
    adopt: false,
  });
  if (!build) return fenced('The store has no such build.');
  if (build.worker !== worker || build.fence !== journal.fence)
    return fenced('The build is held by another worker.');
  const resume = {
    kind: 'resume' as const,
    position: { seq: build.seq, hash: build.hash, byte: build.byte },
    ...holding,
  };
  if (build.state === 'running') {
    if (build.cancel_reason === null) return { verdict: resume, adopt: false };
    const cancel = { reason: build.cancel_reason, message: build.cancel_message ?? '' };
    return { verdict: { ...resume, cancel }, adopt: false };
  }
  const lost = build.result === 'exception' && build.reason === 'worker-lost';
  const retryWaits = build.request_state === 'pending' && build.request_fence === build.fence;
  if (lost && journal.ended && retryWaits && build.slot_taken === 0) return { verdict: resume, adopt: true };
  if (journal.ended) return { verdict: { kind: 'done', ...holding }, adopt: false };
  return fenced('The build has ended without this worker.');
}
