/** Of the message no more than this is read for its first line. */
const subjectLengthMax = 200;

/**
 * For a list of what was built of some source: a column `subject`, and the join that it needs. `source` is the table
 * with `repository`, `branch` and `revision`.
 */
export const subjectColumn = `substr(c.message, 1, ${subjectLengthMax}) as subject`;
export function joinSubject(source: 'b' | 's'): string {
  return `left join changes c
    on c.repository = ${source}.repository and c.branch = ${source}.branch and c.revision = ${source}.revision`;
}

/** The first line of a message; null: nobody told of a change, or it has no words. */
export function subjectOf(message: string | null): string | null {
  return message?.trimStart().split(/\r?\n/, 1)[0]?.trimEnd() || null;
}
