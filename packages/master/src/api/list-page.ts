import Type from 'typebox';
import { invalidField } from './api-problem.ts';
import { readListCursor, writeListCursor } from './list-cursor.ts';

/** Items in an answer, where nobody says how many. */
const pageItems = 100;

/** What every list takes. */
export const pageQuery = {
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 1000, default: pageItems, description: 'At most so many items' }),
  ),
  cursor: Type.Optional(
    Type.String({ maxLength: 1000, description: 'The `nextCursor` of the answer before' }),
  ),
};

interface PageQuery {
  readonly limit?: number;
  readonly cursor?: string;
}

/**
 * One page of a list that is ordered by id, newest first. `read` is asked for one more than is given, which
 * tells whether there is a next page.
 */
export async function pageById<Item extends { readonly id: number }>(
  epoch: string,
  list: string,
  query: PageQuery,
  read: (before: number | undefined, limit: number) => Promise<readonly Item[]>,
): Promise<{ items: Item[]; nextCursor: string | null }> {
  const before = query.cursor === undefined ? undefined : readListCursor(epoch, list, query.cursor, 1)[0];
  const limit = query.limit ?? pageItems;
  const found = await read(before, limit + 1);
  const items = found.slice(0, limit);
  const last = items.at(-1);
  const more = found.length > items.length && last;
  return { items, nextCursor: more ? writeListCursor(epoch, list, [last.id]) : null };
}

/** One page of a list that is known whole: of what the config names. */
export function pageOfAll<Item>(
  epoch: string,
  list: string,
  query: PageQuery,
  all: readonly Item[],
): { items: Item[]; nextCursor: string | null } {
  const [from = 0] = query.cursor === undefined ? [] : readListCursor(epoch, list, query.cursor, 1);
  const end = from + (query.limit ?? pageItems);
  return {
    items: all.slice(from, end),
    nextCursor: end < all.length ? writeListCursor(epoch, list, [end]) : null,
  };
}

/** A filter of a list that takes several of some words, separated by commas: see {@link severalOf}. */
export const severalWords = (words: readonly string[], what: string) =>
  Type.Optional(
    Type.String({
      maxLength: 1000,
      'x-words': words,
      description: `${what}; several by commas: ${words.join(', ')}`,
    }),
  );

/** Several values of a filter, separated by commas. @throws ApiProblem `invalid-input` */
export function severalOf<Value extends string>(
  field: string,
  text: string | undefined,
  known: readonly Value[],
): readonly Value[] | undefined {
  if (text === undefined) return undefined;
  return text.split(',').map((one) => {
    const value = known.find((name) => name === one.trim());
    if (value === undefined)
      throw invalidField(field, `${JSON.stringify(one)} is none of ${known.join(', ')}`);
    return value;
  });
}
