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
 * Where some places of a bundle come from. Reads through the mappings once and keeps nothing: a table of all of a
 * bundle would take many times the memory of the answer. The answer is in the order of the places; undefined: from
 * nowhere that the map knows.
 */
export function findSources(
  { sources, mappings }: SourceMapText,
  places: readonly Place[],
): readonly (SourcePlace | undefined)[] {
  const wanted = new Map<number, number[]>();
  for (const [index, { line }] of places.entries()) wanted.set(line, [...(wanted.get(line) ?? []), index]);
  const found = places.map((): SourcePlace | undefined => undefined);
  const state = { source: 0, line: 0 };
  for (const [line, text] of mappings.split(';').entries()) {
    const here = wanted.get(line) ?? [];
    let column = 0;
    for (const segment of text === '' ? [] : text.split(',')) {
      const [columns = 0, sourceStep, lineStep] = decodeVlq(segment);
      column += columns;
      if (sourceStep === undefined || lineStep === undefined) continue;
      state.source += sourceStep;
      state.line += lineStep;
      const source = sources[state.source];
      if (source === undefined) continue;
      for (const index of here)
        if (column <= (places[index]?.column ?? 0)) found[index] = { source, line: state.line };
    }
  }
  return found;
}

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const digitOf = new Map(Array.from(digits, (char, value) => [char, value] as const));

/** Numbers in base 64, five bits a digit, the sixth says that more follow; the lowest bit of a number is its sign. */
function decodeVlq(text: string): readonly number[] {
  const numbers: number[] = [];
  let value = 0;
  let factor = 1;
  for (const char of text) {
    const digit = digitOf.get(char) ?? 0;
    value += (digit % 32) * factor;
    factor *= 32;
    if (digit >= 32) continue;
    numbers.push(value % 2 === 1 ? -(value - 1) / 2 : value / 2);
    value = 0;
    factor = 1;
  }
  return numbers;
}
