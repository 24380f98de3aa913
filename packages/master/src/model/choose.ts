/** A request that may be given out now. */
export interface WaitingRequest {
  readonly id: number;
  readonly builder: string;
  readonly priority: number;
  /** The worker of its last build, which was lost: taken only where there is no other. */
  readonly avoid: string | null;
}

export interface FreeSlot {
  readonly worker: string;
  readonly session: number;
  readonly slot: number;
  /** Of its worker: it takes builders of the same level alone. */
  readonly trust: string;
}

/** Who may run a builder. */
export interface Eligible {
  readonly workers: readonly string[];
  readonly trust: string;
}

export interface Choice<Request extends WaitingRequest> {
  readonly request: Request;
  readonly slot: FreeSlot;
}

/**
 * Which request goes to which slot: by priority, then by age; each to the eligible worker with the most free
 * slots, so that work spreads, and away from the worker that lost it. Ties go by name and number, so that the
 * same input gives the same answer.
 *
 * @param choicesMax the first so many
 */
export function choose<Request extends WaitingRequest>(
  requests: readonly Request[],
  slots: readonly FreeSlot[],
  eligibleFor: (builder: string) => Eligible,
  choicesMax = Infinity,
): Choice<Request>[] {
  const free = new Map<string, FreeSlot[]>();
  for (const slot of slots) {
    const ofWorker = free.get(slot.worker);
    if (ofWorker) ofWorker.push(slot);
    else free.set(slot.worker, [slot]);
  }
  const most = Math.min(slots.length, choicesMax);
  const choices: Choice<Request>[] = [];
  for (const request of [...requests].sort(byTurn)) {
    if (choices.length >= most) break;
    const worker = freest(free, eligibleFor(request.builder), request.avoid);
    const slot = worker === undefined ? undefined : free.get(worker)?.shift();
    if (slot) choices.push({ request, slot });
  }
  return choices;
}

/** Whose turn is first: by priority, then by age. */
export function byTurn(one: WaitingRequest, other: WaitingRequest): number {
  return other.priority - one.priority || one.id - other.id;
}

/** One look at each of its workers: sorting them for each request was a sixth of the main thread's time with 64 that are often free. */
function freest(
  free: ReadonlyMap<string, readonly FreeSlot[]>,
  eligible: Eligible,
  avoid: string | null,
): string | undefined {
  let best: string | undefined;
  let bestRoom = 0;
  for (const worker of eligible.workers) {
    const slots = free.get(worker);
    if (slots === undefined || slots[0]?.trust !== eligible.trust) continue;
    const room = slots.length;
    // The one to avoid is better than none, and than no other.
    const isBetter =
      best === undefined ||
      (worker !== avoid && (best === avoid || room > bestRoom || (room === bestRoom && worker < best)));
    if (!isBetter) continue;
    best = worker;
    bestRoom = room;
  }
  return best;
}
