/** A word as a shell takes it, whatever is in it. */
export function shellWord(word: string): string {
  return /^[\w./:@%+=-]+$/u.test(word) && !word.startsWith('-') ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
