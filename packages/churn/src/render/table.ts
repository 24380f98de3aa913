import type { AuthorRow, ChurnReport, Figures } from '../report.ts';
import { count, counted, oneDecimal, signed } from './number.ts';
import { has, type RenderOptions } from './sections.ts';
import { directoryLabel, meaning, periodText, reconciliation } from './sentences.ts';

export interface TableOptions extends RenderOptions {
  /** How many authors and directories are shown, at most; the rest is told as one row. 20 by default. */
  readonly rowsMax?: number | undefined;
}

/** One row: a name, and cells that stand right. */
type Row = readonly [name: string, ...cells: string[]];

/** The report for a terminal or a mail: plain text, columns aligned, ends with a newline. */
export function renderTable(report: ChurnReport, options: TableOptions = {}): string {
  const rowsMax = options.rowsMax ?? 20;
  const blocks = [
    [`${counted(report.repositories.length, 'repository', 'repositories')}, ${periodText(report)}`],
    overview(report, has(report, options, 'repository')),
    [`${reconciliation(report.total)}  (reconciles)`],
    meaning(report),
    has(report, options, 'month') ? months(report) : [],
    has(report, options, 'directory') ? directories(report, rowsMax) : [],
    has(report, options, 'author') ? authors(report, rowsMax) : [],
  ];
  return blocks
    .filter((block) => block.length > 0)
    .map((block) => `${block.map(printable).join('\n')}\n`)
    .join('\n');
}

function overview({ repositories, total }: ChurnReport, withRepositories: boolean): string[] {
  const head: Row = [
    'repository',
    'lines at start',
    'at end',
    'growth',
    'added',
    'removed',
    'changesets',
    'first parents',
    'per day',
  ];
  const rows = withRepositories ? repositories.map((report) => figuresRow(report.name, report)) : [];
  return rows.length === 1 ? aligned(head, rows) : aligned(head, rows, [figuresRow('total', total)]);
}

function figuresRow(name: string, figures: Figures): Row {
  return [
    name,
    count(figures.linesAtStart),
    count(figures.linesAtEnd),
    signed(figures.growth),
    count(figures.added),
    count(figures.removed),
    count(figures.changesets),
    count(figures.firstParentChangesets),
    oneDecimal(figures.perDay),
  ];
}

function months({ byMonth }: ChurnReport): string[] {
  const rows = byMonth.map(({ time, linesAtEnd, growth, added, removed, changesets }): Row => {
    return [time, count(linesAtEnd), signed(growth), count(added), count(removed), count(changesets)];
  });
  return aligned(['month', 'lines at end', 'growth', 'added', 'removed', 'changesets'], rows);
}

function directories({ byDirectory, repositories }: ChurnReport, rowsMax: number): string[] {
  const several = repositories.length > 1;
  const sorted = [...byDirectory].sort((a, b) => b.added + b.removed - (a.added + a.removed));
  const rows = sorted.slice(0, rowsMax).map((row): Row => {
    const cells = [row.linesAtEnd, row.growth, row.added, row.removed, row.moved, row.firstParentChangesets];
    return [
      directoryLabel(row, several),
      ...cells.map((cell, index) => (index === 1 || index === 4 ? signed(cell) : count(cell))),
    ];
  });
  const more = leftOut(sorted.slice(rowsMax), 'directory', 'directories');
  return [
    ...aligned(['directory', 'lines at end', 'growth', 'added', 'removed', 'moved', 'commits'], rows),
    ...more,
  ];
}

function authors({ byAuthor }: ChurnReport, rowsMax: number): string[] {
  if (byAuthor === null) return [];
  const row = (
    name: string,
    cells: { added: number; removed: number; growth: number; changesets: number },
  ): Row => {
    return [name, count(cells.changesets), count(cells.added), count(cells.removed), signed(cells.growth)];
  };
  const rows = byAuthor.authors.slice(0, rowsMax).map((author) => row(author.author, author));
  const others = byAuthor.authors.slice(rowsMax);
  const more = others.length === 0 ? [] : [row(counted(others.length, 'other'), sumOfAuthors(others))];
  const rest = [...more, row('unattributed', byAuthor.unattributed)];
  return aligned(['author', 'changesets', 'added', 'removed', 'growth'], rows, rest);
}

function sumOfAuthors(authors: readonly AuthorRow[]): Omit<AuthorRow, 'author'> {
  const sum = (field: 'changesets' | 'added' | 'removed' | 'growth') =>
    authors.reduce((total, author) => total + author[field], 0);
  return {
    changesets: sum('changesets'),
    added: sum('added'),
    removed: sum('removed'),
    growth: sum('growth'),
  };
}

function leftOut(rows: readonly { added: number; removed: number }[], one: string, many: string): string[] {
  if (rows.length === 0) return [];
  const lines = rows.reduce((sum, row) => sum + row.added + row.removed, 0);
  return [`and ${counted(rows.length, one, many)} more, with ${counted(lines, 'line')} added and removed`];
}

function aligned(head: Row, rows: readonly Row[], foot: readonly Row[] = []): string[] {
  const all = [head, ...rows, ...foot].map((row) => row.map(printable));
  const widths = head.map((_unused, column) => Math.max(...all.map((row) => width(row[column] ?? ''))));
  const lines = all.map((row) =>
    row
      .map((cell, column) => {
        const padding = ' '.repeat(widths[column]! - width(cell));
        return column === 0 ? cell + padding : padding + cell;
      })
      .join('  ')
      .trimEnd(),
  );
  const rule = '-'.repeat(widths.reduce((sum, each) => sum + each + 2, -2));
  const bodyEnd = 1 + rows.length;
  const ruled = foot.length > 0 && rows.length > 0 ? [rule] : [];
  return [lines[0]!, rule, ...lines.slice(1, bodyEnd), ...ruled, ...lines.slice(bodyEnd)];
}

/** Names come from strangers: what would move a terminal's cursor or colour is shown as its code. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, (control) => {
    return `\\u{${control.codePointAt(0)!.toString(16)}}`;
  });
}

/** Columns of a terminal, nearly: marks that combine take none, wide East Asian letters and emoji two. */
function width(text: string): number {
  let columns = 0;
  for (const character of text.normalize('NFC')) {
    if (/\p{M}/u.test(character)) continue;
    const wide =
      /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}]/u;
    columns += wide.test(character) ? 2 : 1;
  }
  return columns;
}
