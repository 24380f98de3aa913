import { RE2JS } from 're2js';
import { messageOf } from '@millrace/kernel/errors';

/*
 * Patterns that a config names and a worker looks for in each line of output. JavaScript's own regular expressions
 * can take time exponential in the line, and a line can come from anywhere: one of them would hang a slot. These are
 * RE2's, without look-around and back-references, which take time linear in the line, and their size is bounded.
 */

/** A pattern as data: its source in RE2's syntax. */
export interface PlannedPattern {
  readonly source: string;
  readonly ignoreCase: boolean;
}

/** Of a pattern's text, and of the program that it is compiled to. */
const patternLengthMax = 1_000;
const programSizeMax = 1_000;

/** The most of one line, in characters, that is looked at. */
export const matchedLineLengthMax = 4_096;

export interface Pattern {
  /** Whether it is anywhere in the line. */
  test(line: string): boolean;
  /** The first group where it is anywhere in the line, or all that matched where it has no group. */
  capture(line: string): string | undefined;
}

export type CompiledPattern =
  | { readonly kind: 'compiled'; readonly pattern: Pattern }
  /** `message` goes on from "expected a pattern, but ...". */
  | { readonly kind: 'wrong'; readonly message: string };

export function compilePattern({ source, ignoreCase }: PlannedPattern): CompiledPattern {
  if (source.length > patternLengthMax)
    return { kind: 'wrong', message: `it has more than ${patternLengthMax} characters` };
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(source, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0);
  } catch (thrown) {
    const why = messageOf(thrown).replace(/^error parsing regexp: /, '');
    return { kind: 'wrong', message: `${why}; look-around and back-references are not known here` };
  }
  if (compiled.programSize() > programSizeMax)
    return { kind: 'wrong', message: 'it is too large: use smaller counts in {...}' };
  return { kind: 'compiled', pattern: linear(compiled) };
}

function linear(compiled: RE2JS): Pattern {
  const seen = (line: string): string =>
    line.length > matchedLineLengthMax ? line.slice(0, matchedLineLengthMax) : line;
  return {
    test: (line) => compiled.test(seen(line)),
    capture: (line) => {
      const text = seen(line);
      if (!compiled.test(text)) return undefined;
      const matcher = compiled.matcher(text);
      if (!matcher.find()) return undefined;
      return matcher.group(matcher.groupCount() > 0 ? 1 : 0) ?? undefined;
    },
  };
}
