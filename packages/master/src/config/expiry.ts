const day = /^\d{4}-\d{2}-\d{2}$/;
const time = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})$/;

/** `2027-01-31` (its first moment, UTC) or `2027-01-31T18:00:00Z` in milliseconds since 1970; undefined: neither. */
export function expiryOf(text: string): number | undefined {
  if (!day.test(text) && !time.test(text)) return undefined;
  const at = Date.parse(text);
  // `2027-02-31` would be taken for the third of March.
  const isThatDay = day.test(text) && !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
  return Number.isNaN(at) || (day.test(text) && !isThatDay) ? undefined : at;
}

/** `2027-01-31 18:00 UTC`. */
export function expiryText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
