import { InvalidArgumentError } from 'commander';

const unitMs: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};

/** Said in the help of each option that takes one. */
export const momentWords = '24h, 7d (s, m, h, d, w ago) or a date such as 2026-01-31 or 2026-01-31T08:00';

/**
 * A moment as people say it, in milliseconds since 1970: so long ago, or a date. A date without a zone is of this
 * machine's.
 * @throws InvalidArgumentError
 */
export function momentOf(text: string, now: number): number {
  const [, count, unit = ''] = /^(\d{1,6})([smhdw])$/u.exec(text) ?? [];
  if (count !== undefined) return Math.max(0, now - Number(count) * (unitMs[unit] ?? 0));
  // A day alone would be taken for one of UTC (ECMA-262, Date Time String Format).
  const date = /^\d{4}-\d\d-\d\d$/u.test(text) ? `${text}T00:00` : text;
  const at = /^\d{4}-\d\d-\d\d[T ]/u.test(date) ? Date.parse(date) : Number.NaN;
  if (Number.isNaN(at) || at < 0) throw new InvalidArgumentError(`It must be ${momentWords}.`);
  return at;
}
