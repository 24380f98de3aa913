import type { SqlValue } from '../operation.ts';

/** A constant text with a `?` for each value. */
export type Condition = readonly [text: string, ...values: readonly SqlValue[]];

/**
 * The `where` of those conditions that are there, all of which must hold; empty where there are none.
 * Texts are constant, so a list of filters has as many shapes as its filters have combinations.
 */
export function where(...conditions: readonly (Condition | undefined)[]): {
  readonly text: string;
  readonly values: readonly SqlValue[];
} {
  const present = conditions.filter((condition) => condition !== undefined);
  if (present.length === 0) return { text: '', values: [] };
  return {
    text: `where ${present.map(([text]) => text).join(' and ')}`,
    values: present.flatMap(([, ...values]) => values),
  };
}

export function equals(column: string, value: SqlValue | undefined): Condition | undefined {
  return value === undefined ? undefined : [`${column} = ?`, value];
}

export function oneOf(column: string, values: readonly SqlValue[] | undefined): Condition | undefined {
  if (values === undefined) return undefined;
  // PostgreSQL takes no empty list.
  if (values.length === 0) return ['1 = 0'];
  return [`${column} in (${values.map(() => '?').join(', ')})`, ...values];
}

/** A condition of a constant text that needs no value, where it is wanted. */
export function when(wanted: boolean | undefined, text: string): Condition | undefined {
  return wanted ? [text] : undefined;
}

/** From `after` on and before `before`, milliseconds since 1970: spans that touch share nothing. */
export interface Span {
  readonly after?: number | undefined;
  readonly before?: number | undefined;
}

export function narrows(span: Span | undefined): boolean {
  return span?.after !== undefined || span?.before !== undefined;
}

export function within(column: string, span: Span | undefined): readonly (Condition | undefined)[] {
  return [
    span?.after === undefined ? undefined : [`${column} >= ?`, span.after],
    span?.before === undefined ? undefined : [`${column} < ?`, span.before],
  ];
}
