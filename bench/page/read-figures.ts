import type { Figure } from '../harness/figure.ts';

/** A figure as `--json` prints it, with what was remarked about its bench. */
export interface RemarkedFigure extends Figure {
  /** The machine was busy. */
  readonly noisy?: string;
  /** Sizes were small. */
  readonly quick?: true;
  /** What could not be measured, and why. */
  readonly notes?: readonly string[];
}

/** The figures by name; of one that was measured several times the last. @throws Error for a line that is none. */
export function readFigures(text: string): ReadonlyMap<string, RemarkedFigure> {
  const figures = new Map<string, RemarkedFigure>();
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const read = JSON.parse(line) as RemarkedFigure;
    if (typeof read.name !== 'string' || typeof read.unit !== 'string')
      throw new Error(`line ${index + 1} is no figure: ${line}`);
    figures.set(read.name, read);
  }
  return figures;
}
