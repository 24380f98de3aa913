const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as a page shows it, in an element or in a quoted attribute; control characters as a visible sign. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => escapes[character]!).replace(unseen, '\ufffd');
}

/** Controls, but for tab and line feed, and what turns the direction of writing round. */
const unseen = /(?![\t\n])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

/** A number of pixels, short. */
export function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}
