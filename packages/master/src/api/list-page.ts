import Type from 'typebox';
import { invalidField } from './api-problem.ts';
import { newestFirst } from '../store/operations/list-order.ts';
import type { ListOrder } from '../store/operations/list-order.ts';
import { orderOf } from './list-order.ts';
import type { Sort } from './list-order.ts';
import { readListCursor, writeListCursor } from './list-cursor.ts';

/** Items in an answer, where nobody says how many. */
const pageItems = 100;

/** How long a part of a list may be. */
export const limitQuery = (maximum: number) =>
  Type.Optional(
    Type.Integer({ minimum: 1, maximum, default: pageItems, description: 'At most so many items' }),
  );

/** What every list takes. */
export const pageQuery = {
  limit: limitQuery(1000),
  cursor: Type.Optional(
    Type.String({ maxLength: 1000, description: 'The `nextCursor` of the answer before' }),
  ),
};

interface PageQuery {
  readonly limit?: number;
  readonly cursor?: string;
}

/**
 * One page of a list of the store's, by the field that is asked for, newest first where none is. `read` is asked
 * for one more than is given, which tells whether there is a next page. A cursor belongs to one order. `show` makes of
 * the items what is answered; where it answers fewer, the page ends with them.
 */
export async function pageInOrder<
  Field extends string = 'id',
  Item extends { readonly id: number } & Readonly<Record<Field, number | null>> = {
    readonly id: number;
  } & Readonly<Record<Field, number | null>>,
  Shown = Item,
>(
  epoch: string,
  list: string,
  query: PageQuery & { readonly sort?: Sort<Field> },
  read: (order: ListOrder<Field | 'id'>, limit: number) => Promise<readonly Item[]>,
  // Without it, `Shown` is `Item`.
  show: (items: Item[]) => Promise<Shown[]> | Shown[] = (items) => items as unknown as Shown[],
): Promise<{ items: Shown[]; nextCursor: string | null }> {
  const order = query.sort === undefined ? newestFirst : orderOf<Field | 'id'>(query.sort);
  const name = `${list} by ${query.sort ?? '-id'}`;
  const place = query.cursor === undefined ? [] : readListCursor(epoch, name, query.cursor, 2);
  const [value, id] = place;
  const after = value === undefined || id === undefined ? undefined : { value, id };
  const limit = query.limit ?? pageItems;
  const found = await read({ ...order, after }, limit + 1);
  const items = await show(found.slice(0, limit));
  const last = found[items.length - 1];
  const more = found.length > items.length && last;
  return { items, nextCursor: more ? writeListCursor(epoch, name, [last[order.field] ?? 0, last.id]) : null };
}

/** One page of a list that is known whole (of what the config names), and stands in the order asked for. */
export function pageOfAll<Item>(
  epoch: string,
  list: string,
  query: PageQuery & { readonly sort?: string },
  all: readonly Item[],
): { items: Item[]; nextCursor: string | null } {
  const name = `${list} by ${query.sort ?? ''}`;
  const [from = 0] = query.cursor === undefined ? [] : readListCursor(epoch, name, query.cursor, 1);
  const end = from + (query.limit ?? pageItems);
  return {
    items: all.slice(from, end),
    nextCursor: end < all.length ? writeListCursor(epoch, name, [end]) : null,
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
