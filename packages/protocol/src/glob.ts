import { RE2JS } from 're2js';

/*
 * Globs: `*` and `?` stand for anything but `/`, `**` for anything, `{a,b}` for either. `**` between slashes stands
 * for no folder too: `src/**` + `/*.ts` has `src/a.ts`. All else is itself, brackets too: files are called
 * `[id].tsx`. Matched by an engine whose time is linear, as they are matched against names that others chose.
 */

const globsMax = 1_000;
const compiled = new Map<string, RE2JS>();

/** Whether `text` is as the glob says, from its beginning to its end. */
export function matchesGlob(glob: string, text: string): boolean {
  let known = compiled.get(glob);
  if (known === undefined) {
    known = RE2JS.compile(patternOf(glob), RE2JS.DOTALL);
    if (compiled.size >= globsMax) compiled.clear();
    compiled.set(glob, known);
  }
  return known.test(text);
}

/** What is wrong with a glob; undefined: nothing. Goes on from "expected a glob, but ...". */
export function wrongWithGlob(glob: string): string | undefined {
  if (glob === '') return 'it is empty';
  let depth = 0;
  for (const letter of glob) {
    if (letter === '{') depth += 1;
    if (letter === '}' && depth > 0) depth -= 1;
  }
  return depth > 0 ? 'a "{" has no "}"' : undefined;
}

function patternOf(glob: string): string {
  let pattern = '';
  let depth = 0;
  const letters = Array.from(glob);
  for (let at = 0; at < letters.length; at++) {
    const letter = letters[at] ?? '';
    const stars = letter === '*' && letters[at + 1] === '*';
    if (stars && letters[at + 2] === '/' && (at === 0 || letters[at - 1] === '/')) {
      pattern += '(?:.*/)?';
      at += 2;
    } else if (stars) {
      pattern += '.*';
      at += 1;
    } else if (letter === '*') pattern += '[^/]*';
    else if (letter === '?') pattern += '[^/]';
    else if (letter === '{') {
      depth += 1;
      pattern += '(?:';
    } else if (letter === '}' && depth > 0) {
      depth -= 1;
      pattern += ')';
    } else if (letter === ',' && depth > 0) pattern += '|';
    else pattern += RE2JS.quote(letter);
  }
  return `^(?:${pattern})$`;
}
