import type { ChurnReport } from '../report.ts';
import { has, type RenderOptions } from './sections.ts';

const columns = [
  'row', // repository, total, author, unattributed, directory or month
  'name',
  'repository',
  'linesAtStart',
  'linesAtEnd',
  'growth',
  'added',
  'removed',
  'binaryCorrection',
  'moved',
  'changesets',
  'changesetsDatedOutside',
  'firstParentChangesets',
  'perDay',
  'rewrittenShare',
  'daysWithoutCommit',
] as const;

type Row = Partial<Record<(typeof columns)[number], string | number | null>>;

/**
 * One table for a spreadsheet (RFC 4180: CRLF, quotes where needed), whose first column says what a row is;
 * what a row does not have is empty.
 */
export function renderCsv(report: ChurnReport, options: RenderOptions = {}): string {
  const { repositories, total, byDirectory, byMonth, byAuthor } = report;
  const rows: Row[] = [];
  if (has(report, options, 'repository'))
    rows.push(...repositories.map((row) => ({ row: 'repository', ...row })));
  rows.push({ row: 'total', ...total });
  if (byAuthor && has(report, options, 'author')) {
    rows.push(...byAuthor.authors.map(({ author, ...row }) => ({ row: 'author', name: author, ...row })));
    rows.push({ row: 'unattributed', ...byAuthor.unattributed });
  }
  if (has(report, options, 'directory')) {
    rows.push(...byDirectory.map(({ directory, ...row }) => ({ row: 'directory', name: directory, ...row })));
  }
  if (has(report, options, 'month')) {
    rows.push(...byMonth.map(({ time, ...row }) => ({ row: 'month', name: time, ...row })));
  }
  const lines = rows.map((row) => columns.map((column) => field(row[column])).join(','));
  return [columns.join(','), ...lines, ''].join('\r\n');
}

function field(value: string | number | null | undefined): string {
  const text = String(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
