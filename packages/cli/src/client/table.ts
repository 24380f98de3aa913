// oxlint-disable-next-line no-control-regex
const colours = /\u001b\[[0-9;]*m/gu;
const widthOf = (cell: string): number => Array.from(cell.replace(colours, '')).length;

/** Rows under headings, two spaces between columns, nothing after the last. Cells are made harmless before. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [headings, ...rows];
  const widths = headings.map((_, column) => Math.max(...all.map((row) => widthOf(row[column] ?? ''))));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell)))
      .join('  ')
      .trimEnd();
  return `${all.map(line).join('\n')}\n`;
}
