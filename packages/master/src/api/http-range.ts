/**
 * One range of bytes out of `length`, `end` not included. RFC 9110, section 14. `whole` where none, several
 * or something else was asked for, as the section allows.
 */
export type HttpRange =
  | { readonly kind: 'whole' }
  | { readonly kind: 'part'; readonly start: number; readonly end: number }
  | { readonly kind: 'outside' };

export function httpRange(header: string | undefined, length: number): HttpRange {
  const asked = /^bytes *= *(\d*) *- *(\d*) *$/iu.exec(header ?? '');
  if (!asked) return { kind: 'whole' };
  const [, first = '', last = ''] = asked;
  if (first === '' && last === '') return { kind: 'whole' };
  if (first === '') {
    const start = Math.max(0, length - Number(last));
    return start < length ? { kind: 'part', start, end: length } : { kind: 'outside' };
  }
  const start = Number(first);
  if (last !== '' && Number(last) < start) return { kind: 'whole' };
  if (start >= length) return { kind: 'outside' };
  return { kind: 'part', start, end: last === '' ? length : Math.min(length, Number(last) + 1) };
}
