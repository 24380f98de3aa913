/** The value of a property that a build carries. */
export type PropertyValue = string | number | boolean;

/** Names: letters, digits, `_`, `.` and `-`, not beginning with a digit. */
export const propertyName = /^[A-Za-z_][A-Za-z0-9_.-]{0,199}$/;

/**
 * Bounds of what steps set. A command sees each property as an environment variable, of which Linux takes 128 KiB
 * each and 2 MiB in all.
 */
export const propertyBounds = {
  /** Of one value, as UTF-8. */
  valueBytes: 64 * 1024,
  /** How often the steps of one build set one. */
  sets: 1_000,
  /** Of all values that they set. */
  bytes: 1024 ** 2,
} as const;

/** How many bytes a value has as text. */
export function propertyBytes(value: PropertyValue): number {
  return Buffer.byteLength(String(value));
}
