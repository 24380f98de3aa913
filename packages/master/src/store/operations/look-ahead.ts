import type { WaitingRequest } from '../../model/choose.ts';
import { byTurn } from '../../model/choose.ts';
import { query, rows } from '../operation.ts';
import type { Work } from '../operation.ts';
import { askedBy, waitingOf } from './dispatch.ts';
import type { Asked, LookInput } from './dispatch.ts';

export interface LookAheadInput extends LookInput {
  /** Of all builders together. */
  readonly requestsMax: number;
}

/** A request that waits for a slot, and what it asks for. */
export interface Ahead {
  readonly request: WaitingRequest;
  readonly asked: Asked;
}

export interface LookedAhead {
  /** Without a gap: between two of them there is no other request for a worker of this master's. */
  readonly ahead: readonly Ahead[];
  /** More wait than were read. */
  readonly more: boolean;
}

/** The requests that may go to a master's workers now, in their turn, whether a slot is free or not. */
export const lookAhead = query(
  'dispatch.lookAhead',
  function* (tx, input: LookAheadInput): Work<LookedAhead> {
    const { master, builders, perBuilderMax, requestsMax } = input;
    const workers = yield* rows<{ name: string }>(
      'select name from workers where connected = 1 and accepts = 1 and held is null and master = ?',
      master,
    );
    const names = new Set(workers.map(({ name }) => name));
    const found: WaitingRequest[] = [];
    /** Behind these there may be others of their builders that were not read. */
    const lasts = new Set<number>();
    for (const builder of builders) {
      if (!builder.workers.some((worker) => names.has(worker))) continue;
      const waiting = yield* waitingOf(tx, builder.name, perBuilderMax);
      found.push(...waiting);
      const last = waiting.at(-1);
      if (last && waiting.length === perBuilderMax) lasts.add(last.id);
    }
    const inTurn = found.toSorted(byTurn);
    const gap = inTurn.findIndex(({ id }) => lasts.has(id)) + 1;
    const read = inTurn.slice(0, Math.min(requestsMax, gap === 0 ? inTurn.length : gap));
    const ahead: Ahead[] = [];
    for (const request of read) {
      const asked = yield* askedBy(request.id);
      if (asked) ahead.push({ request, asked });
    }
    return { ahead, more: gap > 0 || read.length < inTurn.length };
  },
);
