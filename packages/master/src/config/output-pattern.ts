import type { PlannedPattern } from '@millrace/protocol/pattern';

/**
 * What is looked for in lines of output: a regular expression, or its text. In the syntax of RE2, whose time is linear
 * in the line: there are no look-around and no back-references. Of the flags only `i` means anything.
 */
export type OutputPattern = string | RegExp;

/** As data; undefined: it is no pattern. Whether it can be compiled is another question. */
export function patternOf(given: unknown): PlannedPattern | undefined {
  if (typeof given === 'string') return { source: given, ignoreCase: false };
  if (!(given instanceof RegExp) || !/^[giu]*$/.test(given.flags)) return undefined;
  return { source: given.source, ignoreCase: given.ignoreCase };
}
