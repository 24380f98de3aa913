import Type from 'typebox';
import type { ListOrder } from '../store/operations/list-order.ts';

/** The `sort` of a list: the name of a field rises, with a minus before it falls. */
export const sortQuery = <Field extends string>(fields: readonly Field[], usual: string) =>
  Type.Optional(
    Type.Enum(
      fields.flatMap((field) => [field, `-${field}` as const]),
      { type: 'string', description: `By this field, with a minus before it falling; without it: ${usual}` },
    ),
  );

/** What {@link sortQuery} was given. */
export type Sort<Field extends string> = Field | `-${Field}`;

export function orderOf<Field extends string>(sort: Sort<Field>): ListOrder<Field> {
  return sort.startsWith('-')
    ? { field: sort.slice(1) as Field, descending: true }
    : { field: sort as Field, descending: false };
}

/** A list that is known whole, in the order asked for; what has no value stands first. */
export function sorted<Field extends string, Item extends Readonly<Record<Field, string | number | null>>>(
  items: readonly Item[],
  sort: Sort<Field> | undefined,
): readonly Item[] {
  if (sort === undefined) return items;
  const { field, descending } = orderOf(sort);
  const rising = items.toSorted((one, other) => compare(one[field], other[field]));
  return descending ? rising.toReversed() : rising;
}

function compare(one: string | number | null, other: string | number | null): number {
  if (one === other) return 0;
  if (one === null || other === null) return one === null ? -1 : 1;
  return one < other ? -1 : 1;
}
