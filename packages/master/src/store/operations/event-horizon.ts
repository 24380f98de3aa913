import { MillraceError } from '@millrace/kernel/errors';
import { row } from '../operation.ts';
import type { Work } from '../operation.ts';
import { isAfter } from './event-place.ts';
import type { EventPlace } from './event-place.ts';

/** Events up to this place are gone; undefined: none is. */
export function* eventHorizon(): Work<EventPlace | undefined> {
  const horizon = yield* row<EventPlace>('select xid, seq from event_horizon where id = 1');
  return horizon && { xid: horizon.xid, seq: horizon.seq };
}

/** @throws MillraceError `cursor-expired` where something after this place is gone */
export function* refuseExpired(place: EventPlace): Work<void> {
  const horizon = yield* row<EventPlace & { at: number }>(
    'select xid, seq, at from event_horizon where id = 1',
  );
  if (!horizon || !isAfter(horizon, place)) return;
  throw new MillraceError(
    'cursor-expired',
    `Events after this cursor have been removed: they were too old, the newest of ${new Date(horizon.at).toISOString()}. ` +
      'Read the lists anew and go on from `now`, or take what is kept from `start` on.',
  );
}
