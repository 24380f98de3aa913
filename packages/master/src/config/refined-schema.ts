import Type from 'typebox';

/** A value for which `holds` is true; where it is not, a whole sentence says what was expected. */
export function refined(expected: string, holds: (value: unknown) => boolean) {
  return Type.Refine(
    Type.Unknown(),
    (value) => holds(value),
    () => expected,
  );
}

/** Known by a letter or digit at first, and no more than 100. */
export const nameSchema = refined(
  'a name of at most 100 letters, digits, ".", "_" and "-", beginning with a letter or digit',
  (value) => typeof value === 'string' && /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(value),
);

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
