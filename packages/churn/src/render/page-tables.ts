import type { AuthorRow, ChurnReport, DirectoryRow, Figures } from '../report.ts';
import { escaped, px } from './markup.ts';
import { count, oneDecimal, signed } from './number.ts';
import { directoryLabel } from './sentences.ts';

/** One row a repository, and their sum. */
export function repositoriesTable({ repositories, total }: ChurnReport): string {
  const cells = (figures: Figures) => [
    count(figures.linesAtStart),
    count(figures.linesAtEnd),
    signed(figures.growth),
    count(figures.added),
    count(figures.removed),
    count(figures.changesets),
    count(figures.firstParentChangesets),
    oneDecimal(figures.perDay),
  ];
  const rows = repositories.map((report) => {
    const [from, to] = [
      report.start?.commit.slice(0, 12) ?? 'nothing',
      report.end?.commit.slice(0, 12) ?? 'nothing',
    ];
    const name = `${escaped(report.name)} <code>${escaped(report.branch)} ${from}..${to}</code>`;
    return tableRow(name, cells(report));
  });
  const sum = repositories.length > 1 ? [tableRow('total', cells(total), 'sum')] : [];
  const head = [
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
  return table(head, [...rows, ...sum]);
}

/** The busiest directories, each with a bar of what came and went. */
export function directoriesTable({ byDirectory, repositories }: ChurnReport, rowsMax: number): string {
  const busiest = [...byDirectory].sort((a, b) => changed(b) - changed(a)).slice(0, rowsMax);
  const most = Math.max(1, ...busiest.map(changed));
  const rows = busiest.map((row) => {
    const name = directoryLabel(row, repositories.length > 1);
    const cells = [
      count(row.linesAtEnd),
      signed(row.growth),
      count(row.added),
      count(row.removed),
      signed(row.moved),
    ];
    return tableRow(escaped(name), [...cells, count(row.firstParentChangesets), bar(row, most)]);
  });
  return table(['directory', 'lines at end', 'growth', 'added', 'removed', 'moved', 'commits', ''], rows);
}

/** The authors who changed most, and what is nobody's. */
export function authorsTable(byAuthor: NonNullable<ChurnReport['byAuthor']>, rowsMax: number): string {
  const most = Math.max(1, ...byAuthor.authors.map(changed));
  const cells = (row: Omit<AuthorRow, 'author'>) => [
    count(row.changesets),
    count(row.added),
    count(row.removed),
    signed(row.growth),
  ];
  const rows = byAuthor.authors
    .slice(0, rowsMax)
    .map((row) => tableRow(escaped(row.author), [...cells(row), bar(row, most)]));
  const rest = byAuthor.authors.length - rows.length;
  const more = rest > 0 ? [tableRow(`${count(rest)} more`, ['', '', '', '', ''])] : [];
  const unattributed = tableRow('unattributed', [...cells(byAuthor.unattributed), '']);
  return table(['author', 'changesets', 'added', 'removed', 'growth', ''], [...rows, ...more, unattributed]);
}

function changed(row: Pick<DirectoryRow, 'added' | 'removed'>): number {
  return row.added + row.removed;
}

function bar(row: { added: number; removed: number }, most: number): string {
  const part = (name: string, lines: number) =>
    `<i class="${name}" style="width:${px((lines / most) * 100)}%"></i>`;
  return `<div class="share">${part('added', row.added)}${part('removed', row.removed)}</div>`;
}

function table(head: readonly string[], rows: readonly string[]): string {
  const cells = head.map((name) => `<th scope="col">${name}</th>`).join('');
  return `<div class="scroll"><table><thead><tr>${cells}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

/** `name` and `cells` are markup. */
function tableRow(name: string, cells: readonly string[], kind = ''): string {
  const rest = cells.map((cell) => `<td>${cell}</td>`).join('');
  return `<tr${kind && ` class="${kind}"`}><td class="name">${name}</td>${rest}</tr>`;
}
