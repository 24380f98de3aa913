/** The part of a source map (version 3) that is needed here. */
export interface SourceMapText {
  readonly sources: readonly string[];
  readonly mappings: string;
}

/** A place in a text; both from 0. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface SourcePlace {
  readonly source: string;
  /** From 0. */
  readonly line: number;
}

/**
 * Where some places of a bundle come from. Reads through the mappings once, by characters, and keeps nothing: a table
 * of all of a bundle would take many times the memory of the answer, and texts of its segments would take twice the time
 * (measured) and be collected afterwards. The answer is in the order of the places; undefined: from nowhere that the map knows.
 */
export function findSources(
  { sources, mappings }: SourceMapText,
  places: readonly Place[],
): readonly (SourcePlace | undefined)[] {
  const found = places.map((): SourcePlace | undefined => undefined);
  const wanted = places
    .map((place, index) => ({ ...place, index }))
    .toSorted((one, other) => one.line - other.line || one.column - other.column);
  let next = 0;
  let line = 0;
  let column = 0;
  const place = { source: 0, line: 0 };
  /** What the last segment of this line that has a source said. */
  let last: SourcePlace | undefined;

  const settleBefore = (untilLine: number, untilColumn: number): void => {
    for (; next < wanted.length; next++) {
      const one = wanted[next];
      if (!one || one.line > untilLine || (one.line === untilLine && one.column >= untilColumn)) return;
      if (one.line === line) found[one.index] = last;
    }
  };

  let field = 0;
  let value = 0;
  let shift = 0;
  for (let at = 0; at < mappings.length && next < wanted.length; at++) {
    const code = mappings.charCodeAt(at);
    if (code === semicolon) {
      settleBefore(line + 1, 0);
      line += 1;
      column = 0;
      last = undefined;
      field = 0;
      continue;
    }
    if (code === comma) {
      field = 0;
      continue;
    }
    const digit = digitOf[code] ?? 0;
    value += (digit & 31) << shift;
    shift += 5;
    if (digit >= 32) continue;
    const step = value & 1 ? -(value >> 1) : value >> 1;
    value = 0;
    shift = 0;
    if (field === 0) {
      column += step;
      settleBefore(line, column);
    } else if (field === 1) place.source += step;
    else if (field === 2) {
      place.line += step;
      const source = sources[place.source];
      // Most lines are nobody's: nothing is made for them.
      if (source !== undefined && wanted[next]?.line === line) last = { source, line: place.line };
    }
    field += 1;
  }
  settleBefore(line + 1, 0);
  return found;
}

const semicolon = 59;
const comma = 44;

/** Base 64 by the codes of characters: five bits a digit, the sixth says that more follow, the lowest of all is the sign. */
const digitOf = new Uint8Array(128);
for (const [value, char] of Array.from(
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
).entries())
  digitOf[char.charCodeAt(0)] = value;
