/** One insert has at most so many rows: each count is a text of its own, and kept prepared. */
const insertRowsMax = 16;

/** The texts that insert one row, two, ... {@link insertRowsMax} rows into a table's columns; a `?` for each value. */
export function insertTexts(table: string, columns: readonly string[]): readonly string[] {
  const values = `(${columns.map(() => '?').join(', ')})`;
  return Array.from(
    { length: insertRowsMax },
    (_, index) =>
      `insert into ${table} (${columns.join(', ')}) values ${values}${`, ${values}`.repeat(index)}`,
  );
}

/** Rows in parts that one insert takes, each with its text. */
export function* insertParts<Row>(
  texts: readonly string[],
  rows: readonly Row[],
): Generator<{ readonly text: string; readonly part: readonly Row[] }> {
  for (let from = 0; from < rows.length; from += texts.length) {
    const part = rows.slice(from, from + texts.length);
    yield { text: texts[part.length - 1] ?? '', part };
  }
}
