import { mergedRows } from '../count/time-rows.ts';
import type { ChurnReport, TimeRow } from '../report.ts';
import { changesChart } from './changes-chart.ts';
import { daysChart } from './days-chart.ts';
import { linesChart } from './lines-chart.ts';
import { escaped } from './markup.ts';
import { count, oneDecimal, percent, signed } from './number.ts';
import { pageStyle } from './page-style.ts';
import { authorsTable, directoriesTable, repositoriesTable } from './page-tables.ts';
import { meaning, periodText, reconciliation } from './sentences.ts';
import { survivalChart } from './survival-chart.ts';

const rowsMax = 20;
const dailyDaysMax = 62;
const weeklyDaysMax = 750;
const calendarDaysMax = 750;

/** The report as one page that needs nothing else: no script, no font, no network; light and dark. */
export function renderHtml(report: ChurnReport): string {
  const title = `Churn of ${report.repositories.map((each) => each.name).join(', ')}`;
  const rows = chartRows(report);
  const parts = [
    `<header><h1>${escaped(title)}</h1><p class="quiet">${escaped(periodText(report))}</p></header>`,
    tiles(report),
    card(
      'What it means',
      `<p class="equation">${escaped(reconciliation(report.total))}</p>${sentences(report)}`,
    ),
    card(`Lines ${axisNote}`, linesChart(rows, report.total.linesAtStart)),
    card(`Added and removed ${legend}`, changesChart(rows)),
    report.byDay.length <= calendarDaysMax ? card('Changesets by day', daysChart(report.byDay)) : '',
    report.survival && report.survival.points.length > 0
      ? card('What is left of the start', survivalChart(report.survival, report.period.since))
      : '',
    card('Repositories', repositoriesTable(report)),
    card('Busiest directories', directoriesTable(report, rowsMax)),
    report.byAuthor ? card('Authors', authorsTable(report.byAuthor, rowsMax)) : '',
    footer(report),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(title)}</title>
<style>${pageStyle}</style>
</head>
<body><main>
${parts.filter(Boolean).join('\n')}
</main></body>
</html>
`;
}

const axisNote = '<span class="quiet note">the axis need not begin at 0</span>';
const legend =
  '<span class="quiet note"><i class="key added"></i>added<i class="key removed"></i>removed</span>';

/** Days, weeks or months, so that a chart has 30 to 110 of them for any usual period. */
function chartRows({ byDay, byMonth }: ChurnReport): readonly TimeRow[] {
  if (byDay.length <= dailyDaysMax) return byDay;
  if (byDay.length > weeklyDaysMax) return byMonth;
  return mergedRows(byDay, (_row, index) => byDay[index - (index % 7)]!.time);
}

function card(heading: string, inner: string): string {
  return `<section class="card"><h2>${heading}</h2>${inner}</section>`;
}

function tiles({ total }: ChurnReport): string {
  const tile = (value: string, name: string, kind = '') =>
    `<div class="card tile"><b${kind && ` class="${kind}"`}>${value}</b><span class="quiet">${name}</span></div>`;
  return `<div class="tiles">${[
    tile(count(total.linesAtEnd), `lines, ${signed(total.growth)}`),
    tile(`+${count(total.added)}`, 'lines added', 'added'),
    tile(`\u2212${count(total.removed)}`, 'lines removed', 'removed'),
    tile(count(total.changesets), `changesets, ${oneDecimal(total.perDay)} a day`),
    tile(total.rewrittenShare === null ? '\u2013' : percent(total.rewrittenShare), 'of the start rewritten'),
    tile(count(total.daysWithoutCommit), 'days without a commit'),
  ].join('')}</div>`;
}

function sentences(report: ChurnReport): string {
  return `<ul>${meaning(report)
    .map((sentence) => `<li>${escaped(sentence)}</li>`)
    .join('')}</ul>`;
}

function footer({ excluded }: ChurnReport): string {
  const left = excluded.length === 0 ? 'Nothing was left out.' : `Left out: ${excluded.join(', ')}.`;
  return `<footer><p>Lines are lines of text as git counts them, from the first commit before the period's start to
the first before its end, along first parents, with renames found. A file that turned from text to binary, or back, is
the term (binary). ${escaped(left)}</p></footer>`;
}
