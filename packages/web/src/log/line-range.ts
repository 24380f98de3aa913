/** Lines counted from 1, both included, as they stand in the address: `#L120` or `#L120-L140`. */
export interface LineRange {
  readonly first: number;
  readonly last: number;
}

export function parseLineRange(hash: string): LineRange | undefined {
  const [, first, last] = /^#?L([1-9][0-9]{0,11})(?:-L?([1-9][0-9]{0,11}))?$/u.exec(hash) ?? [];
  if (first === undefined) return undefined;
  const ends = [Number(first), Number(last ?? first)];
  return { first: Math.min(...ends), last: Math.max(...ends) };
}

export function formatLineRange({ first, last }: LineRange): string {
  return first === last ? `L${first}` : `L${first}-L${last}`;
}
