import { MillraceError } from '@millrace/kernel/errors';
import type { EventPlace } from '../store/operations/event-place.ts';

/** A place in the event log of one store, as others are handed it: opaque to them. */
export function writeCursor(epoch: string, place: EventPlace): string {
  return Buffer.from(JSON.stringify([epoch, place.xid, place.seq])).toString('base64url');
}

/**
 * @throws MillraceError `cursor-malformed`: it was not given out by a millrace; `cursor-epoch`: it is of another
 * history, before the store was put back from a copy, so that places after it mean other events.
 */
export function readCursor(epoch: string, cursor: string): EventPlace {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch (error) {
    throw malformed(error);
  }
  if (!Array.isArray(parts) || parts.length !== 3) throw malformed();
  const [of, xid, seq] = parts as readonly unknown[];
  if (typeof of !== 'string' || !isCount(xid) || !isCount(seq)) throw malformed();
  if (of !== epoch) {
    throw new MillraceError(
      'cursor-epoch',
      'This cursor is of another store, or of this one before it was put back from a copy. Ask for everything anew.',
    );
  }
  return { xid, seq };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function malformed(cause?: unknown): MillraceError<'cursor-malformed'> {
  return new MillraceError(
    'cursor-malformed',
    'This is no cursor. Give back one that was given to you, as it was.',
    {
      cause,
    },
  );
}
