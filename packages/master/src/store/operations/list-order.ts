import type { Condition } from './where.ts';

/** One of a list's numbers, which way, and the item that the part before ended with. */
export interface ListOrder<Field extends string> {
  readonly field: Field;
  readonly descending: boolean;
  readonly after?: { readonly value: number; readonly id: number } | undefined;
}

/** As ids are given out in time. */
export const newestFirst = { field: 'id', descending: true } as const;

/**
 * What an order is in SQL: the conditions under which an item comes (it has the number, and stands after the place),
 * and the text behind `order by`. Items of one value stand by their ids, so that each has a place of its own.
 * @param columns of each field, the id among them; constant texts
 * @param equals where ids rise among equals whichever way the field goes: as a queue does
 */
export function inOrder<Field extends string>(
  columns: Readonly<Record<Field | 'id', string>>,
  order: ListOrder<Field | 'id'>,
  equals: 'same-way' | 'oldest-first' = 'same-way',
): { readonly conditions: readonly Condition[]; readonly text: string } {
  const { field, descending, after } = order;
  const [way, beyond] = descending ? ['desc', '<'] : ['asc', '>'];
  const column = columns[field];
  const { id } = columns;
  if (field === 'id') {
    const place: readonly Condition[] = after ? [[`${id} ${beyond} ?`, after.id]] : [];
    return { conditions: place, text: `${id} ${way}` };
  }
  const mixed = equals === 'oldest-first' && descending;
  const place: readonly Condition[] = after
    ? mixed
      ? [[`(${column} < ? or (${column} = ? and ${id} > ?))`, after.value, after.value, after.id]]
      : [[`(${column}, ${id}) ${beyond} (?, ?)`, after.value, after.id]]
    : [];
  return {
    conditions: [[`${column} is not null`], ...place],
    text: `${column} ${way}, ${id} ${mixed ? 'asc' : way}`,
  };
}
