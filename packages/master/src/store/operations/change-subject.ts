/** Of the message no more than this is read for its first line. */
const subjectLengthMax = 200;

/** For a list of what was built of buildsets, called `s`: a column `subject`, and the join that it needs. */
export const subjectColumn = `substr(c.message, 1, ${subjectLengthMax}) as subject`;
export const joinSubject = `left join changes c
    on c.repository = s.repository and c.branch = s.branch and c.revision = s.revision`;

/**
 * The same of builds, called `b`, without a join, for lists that several values of one column narrow: over one table
 * SQLite leaves each value's builds when the limit is reached, with a join it reads them all. Of 100,000 builds the
 * newest 50 that failed, or ended as exception, took 28 ms with it and 0.8 without.
 */
export const subjectOfBuild = `(select substr(c.message, 1, ${subjectLengthMax}) from changes c
  where c.repository = b.repository and c.branch = b.branch and c.revision = b.revision)`;

/** The first line of a message; null: nobody told of a change, or it has no words. */
export function subjectOf(message: string | null): string | null {
  return message?.trimStart().split(/\r?\n/, 1)[0]?.trimEnd() || null;
}
