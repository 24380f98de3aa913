import { stripVTControlCharacters } from 'node:util';
import { errorTier, errorTiers } from './error-patterns.ts';

/** A line that tells what went wrong, or stands below one that does. */
export interface ErrorLine {
  /** Its number in the log, from 0. */
  readonly line: number;
  /** Without colours and line feed, cut where it is very long. */
  readonly text: string;
}

/** How many lines are lifted out: what is read at one glance. */
export const errorLinesMax = 12;
/** More of a line nobody reads at a glance; it also bounds what a pattern costs. */
const lineCharsMax = 400;

/**
 * Finds the lines of a log by which a person understands a failure: those that compilers and test runners mark as
 * errors, with what belongs to them; where there is none, lines that at least sound like it. Takes the log line by
 * line and holds no more than {@link errorLinesMax} of each kind, and as many of the last lines.
 */
export class ErrorLineFinder {
  readonly #found: ErrorLine[][] = errorTiers.map(() => []);
  readonly #seen = errorTiers.map(() => new Set<string>());
  #last: ErrorLine[] = [];
  #belongs = { tier: 0, lines: 0, acrossBlanks: false };

  push(line: number, raw: string): void {
    const text = plainLine(raw);
    if (text === '') {
      if (!this.#belongs.acrossBlanks) this.#belongs = { ...this.#belongs, lines: 0 };
      return;
    }
    const one = { line, text };
    this.#last.push(one);
    if (this.#last.length >= 2 * errorLinesMax) this.#last = this.#last.slice(-errorLinesMax);
    const told = errorTier(text);
    const { tier, lines } = this.#belongs;
    if (told !== undefined) this.#take(told.tier, one);
    // What belongs to a surer line stays with it, whatever it sounds like itself.
    if (told !== undefined && (lines === 0 || told.tier <= tier)) {
      this.#belongs = { tier: told.tier, lines: told.after, acrossBlanks: told.acrossBlanks ?? false };
    } else if (lines > 0) {
      this.#take(tier, one);
      this.#belongs = { ...this.#belongs, lines: lines - 1 };
    }
  }

  /** The surest tier is full: nothing that comes can change the answer. */
  get full(): boolean {
    return (this.#found[0]?.length ?? 0) >= errorLinesMax;
  }

  /** The first error lines; empty where no line looks like one. */
  get errors(): readonly ErrorLine[] {
    return this.#found.find((lines) => lines.length > 0) ?? [];
  }

  /** The last lines that say something: what is shown where nothing looks like an error. */
  get last(): readonly ErrorLine[] {
    return this.#last.slice(-errorLinesMax);
  }

  /** What a summary says once more is not told again. */
  #take(tier: number, one: ErrorLine): void {
    const lines = this.#found[tier];
    const seen = this.#seen[tier];
    if (lines === undefined || seen === undefined || lines.length >= errorLinesMax) return;
    if (seen.has(one.text)) return;
    seen.add(one.text);
    lines.push(one);
  }
}

// oxlint-disable-next-line no-control-regex -- these are what is looked for
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;
// oxlint-disable-next-line no-control-regex -- what is left of them is no text
const controlsLeft = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** As a terminal would have left it, without its colours. Most lines have none and cost next to nothing. */
function plainLine(raw: string): string {
  const body = withoutEnd(raw);
  const shown = body.slice(body.lastIndexOf('\r') + 1);
  let text = shown.length > 2 * lineCharsMax ? shown.slice(0, 2 * lineCharsMax) : shown;
  if (controls.test(text)) text = stripVTControlCharacters(text).replaceAll(controlsLeft, '');
  text = text.trimEnd();
  return text.length > lineCharsMax ? `${text.slice(0, lineCharsMax)}…` : text;
}

/** Without its line feed, and without the carriage returns before it. */
function withoutEnd(raw: string): string {
  let end = raw.endsWith('\n') ? raw.length - 1 : raw.length;
  while (end > 0 && raw.charCodeAt(end - 1) === 13) end -= 1;
  return raw.slice(0, end);
}
