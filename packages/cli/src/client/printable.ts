/**
 * Controls (C0, DEL, C1) could move a terminal's cursor or rename its window; the marks that turn the
 * direction of text could show a line other than it is (CVE-2021-42574).
 */
// oxlint-disable-next-line no-control-regex
const harmful = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

/** What others wrote, as one line that shows every character for what it is. */
export function printable(text: string): string {
  return text.replace(harmful, visible);
}

/** The same for several lines: line feeds stay what they are. */
export function printableText(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

/** JSON on one line that says the same as ever, and shows a terminal nothing that it would obey. */
export function jsonLine(value: unknown): string {
  return (JSON.stringify(value) ?? 'null').replace(
    harmful,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A harmful character's name: `\n`, `\t`, `\x1b`, `\u202e`. */
export function visible(character: string): string {
  if (character === '\n') return '\\n';
  if (character === '\t') return '\\t';
  if (character === '\r') return '\\r';
  const code = character.charCodeAt(0);
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`;
}

/** The first line of a message, as one that fits `columns`. */
export function headline(text: string, columns: number): string {
  const line = printable(text.split('\n', 1)[0] ?? '');
  const characters = Array.from(line);
  return characters.length <= columns ? line : `${characters.slice(0, columns - 1).join('')}…`;
}
