import { ApiProblem } from './api-problem.ts';

/**
 * A place in a list, opaque to who is handed it. It names the list, so that one list's cursor is not taken
 * for another's, and the store's epoch.
 */
export function writeListCursor(epoch: string, list: string, place: readonly number[]): string {
  return Buffer.from(JSON.stringify([epoch, list, ...place])).toString('base64url');
}

/** @throws ApiProblem `cursor-malformed` 400, `cursor-epoch` 410. */
export function readListCursor(epoch: string, list: string, cursor: string, length: number): number[] {
  const parts = parsed(cursor);
  if (!Array.isArray(parts)) throw malformed();
  const [of, name, ...place] = parts as readonly unknown[];
  if (name !== list || place.length !== length || !place.every(isWhole)) throw malformed();
  if (of !== epoch) throw cursorOfOtherEpoch();
  return place;
}

function cursorOfOtherEpoch(): ApiProblem {
  return new ApiProblem(
    410,
    'cursor-epoch',
    'This cursor is of another store, or of this one before it was put back from a copy. Ask for everything anew.',
  );
}

function parsed(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

function isWhole(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value);
}

function malformed(): ApiProblem {
  return new ApiProblem(
    400,
    'cursor-malformed',
    'This is no cursor of this list. Give back the `nextCursor` of its last answer, as it was.',
    [{ field: 'cursor', message: 'was not given out by this list' }],
  );
}
