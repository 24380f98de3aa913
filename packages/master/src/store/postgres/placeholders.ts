/** Texts that are kept translated, and prepared by name on every connection. Operations have some hundred. */
const textsMax = 1_000;

export interface PreparedText {
  /** Undefined: not prepared, it is one of too many. */
  readonly name: string | undefined;
  readonly text: string;
}

/** Operations' texts as PostgreSQL wants them: `$1`, `$2` ... for each `?`, and a name to prepare them under. */
export class Placeholders {
  readonly #texts = new Map<string, PreparedText>();

  get(sql: string): PreparedText {
    const known = this.#texts.get(sql);
    if (known) return known;
    const full = this.#texts.size >= textsMax;
    const prepared = { name: full ? undefined : `m${this.#texts.size}`, text: numbered(sql) };
    if (!full) this.#texts.set(sql, prepared);
    return prepared;
  }
}

/** A `?` in quotes is a question mark. */
export function numbered(sql: string): string {
  let count = 0;
  return sql.replaceAll(/'[^']*'|"[^"]*"|\?/g, (found) => (found === '?' ? `$${++count}` : found));
}
