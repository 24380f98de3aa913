/**
 * A text as a literal of Mercurial's revision sets, whatever stands in it: all but letters and digits by the
 * numbers of their bytes.
 */
export function hgText(text: string): string {
  const bytes = [...Buffer.from(text, 'utf8')].map((byte) => {
    const character = String.fromCodePoint(byte);
    return /[A-Za-z0-9]/.test(character) ? character : String.raw`\x${byte.toString(16).padStart(2, '0')}`;
  });
  return `"${bytes.join('')}"`;
}
