import { describe, expect, test } from 'vitest';
import { figuresOf } from '../count/figures.ts';
import { dayRows, monthRows } from '../count/time-rows.ts';
import { periodOf } from '../period/period.ts';
import type { ChurnReport, Figures } from '../report.ts';
import { renderCsv } from './csv.ts';
import { renderHtml } from './html.ts';
import { renderJson } from './json.ts';
import { renderTable } from './table.ts';

/** The figures that release engineers once published: they contradict each other by 5,942 lines. */
const published = { linesAtStart: 43_294, linesAtEnd: 73_549, added: 88_154, removed: 51_957 };

const hostile = 'a <script>alert(1)</script> & "b", \u001b[31mred';

function figures(counts: Partial<Figures> = {}): Figures {
  const known = {
    linesAtStart: 100,
    linesAtEnd: 130,
    added: 80,
    removed: 45,
    binaryCorrection: -5,
    changesets: 12,
    changesetsDatedOutside: 2,
    firstParentChangesets: 7,
    daysWithoutCommit: 20,
  };
  return figuresOf('total', { ...known, ...counts }, 31);
}

function report(since = '2023-05-01', until = '2023-06-01', total = figures()): ChurnReport {
  const period = periodOf({ since, until }, 0);
  const changes = new Map([[period.firstDay, { added: 80, removed: 45, binaryCorrection: -5 }]]);
  const byDay = dayRows(period, total.linesAtStart, changes, new Map([[period.firstDay, 10]]));
  const end = { commit: 'c'.repeat(40), date: '2023-05-31T00:00:00.000Z', files: 3, binaryFiles: 1 };
  const both = { ...total, path: '/r', kind: 'git', branch: 'main', start: null, end } as const;
  const directory = {
    repository: 'r',
    linesAtStart: 100,
    linesAtEnd: 130,
    growth: 30,
    added: 80,
    removed: 45,
  };
  return {
    period: {
      since: `${since}T00:00:00.000Z`,
      until: `${until}T00:00:00.000Z`,
      timeZone: 'UTC',
      days: period.days,
    },
    excluded: [],
    repositories: [{ name: hostile, ...both }],
    total,
    byDirectory: [
      { ...directory, directory: hostile, binaryCorrection: -5, moved: 0, firstParentChangesets: 7 },
      { ...directory, directory: '.', binaryCorrection: -5, moved: 0, firstParentChangesets: 7 },
    ],
    byMonth: monthRows(byDay),
    byDay,
    byAuthor: {
      authors: [{ author: hostile, changesets: 12, added: 90, removed: 45, growth: 45 }],
      unattributed: { changesets: 0, added: -10, removed: 0, growth: -15 },
    },
    survival: {
      halfLifeDays: 40,
      points: [{ time: '2023-06-01T00:00:00.000Z', survivingLines: 55, share: 0.55 }],
    },
  };
}

const everything = { by: ['repository', 'author', 'directory', 'month'] } as const;

describe('figures', () => {
  test('that do not reconcile are never reported: the published ones that began this are refused', () => {
    const refused = expect.objectContaining({
      code: 'does-not-reconcile',
      message: 'total: at the ends 73549 - 43294 = 30255, between them 88154 - 51957 + 0 = 36197',
    });
    expect(() => figures({ ...published, binaryCorrection: 0 })).toThrow(refused);
  });
});

describe('renderTable', () => {
  test('shows the figures, that they reconcile, and what they mean', () => {
    const named = { ...report(), repositories: [{ ...report().repositories[0]!, name: 'mill' }] };
    expect(renderTable(named, { by: ['repository'] }))
      .toBe(`1 repository, 2023-05-01 to 2023-06-01 (31 days, UTC)

repository  lines at start  at end  growth  added  removed  changesets  first parents  per day
----------------------------------------------------------------------------------------------
mill                   100     130     +30     80       45          12              7      0.4

130 - 100 = 80 - 45 - 5 (binary) = 30  (reconciles)

12 changesets, 0.4 a day; the branches moved 7 times. 2 of them are dated outside of the period.
2.6 lines added and 1.5 removed a day; 20 of 31 days without a commit.
As many lines were removed or rewritten as 45.0% of those at the start.
Busiest directories, by lines added and removed: a <script>alert(1)</script> & "b", \\u{1b}[31mred 125, (top) 125.
55.0% of the lines at the start still stand at the end: a half-life of about 40 days.
`);
  });

  test('a stranger’s name cannot write to the terminal', () => {
    const text = renderTable(report(), everything);
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
    expect(text).toContain('2023-05');
    expect(text).toContain('unattributed');
  });

  test('what is too much is told as one row', () => {
    const text = renderTable(report(), { by: ['directory', 'author'], rowsMax: 1 });
    expect(text).toContain('and 1 directory more, with 125 lines added and removed');
    expect(renderTable(report(), { by: ['author'], rowsMax: 0 })).toMatch(
      /1 other +12 +90 +45 +\+45\nunattributed/,
    );
  });
});

describe('renderCsv', () => {
  test('has one row for each thing, quoted where a spreadsheet needs it', () => {
    const rows = renderCsv(report(), everything).split('\r\n');
    expect(rows[0]).toMatch(/^row,name,repository,linesAtStart,/);
    expect(rows.map((row) => row.split(',')[0])).toEqual([
      'row',
      'repository',
      'total',
      'author',
      'unattributed',
      'directory',
      'directory',
      'month',
      '',
    ]);
    expect(rows[3]).toContain('"a <script>alert(1)</script> & ""b"", ');
  });
});

describe('renderJson', () => {
  test('has the sections that were asked for, and the whole always', () => {
    const all = JSON.parse(renderJson(report(), everything)) as Record<string, unknown>;
    const names = [
      'period',
      'excluded',
      'repositories',
      'total',
      'byAuthor',
      'byDirectory',
      'byMonth',
      'survival',
    ];
    expect(Object.keys(all)).toEqual(names);
    const some = JSON.parse(renderJson({ ...report(), survival: null })) as ChurnReport;
    expect(Object.keys(some)).toEqual(names.slice(0, 4));
    expect(some.total).toMatchObject({ linesAtStart: 100, linesAtEnd: 130, growth: 30, changesets: 12 });
  });
});

describe('renderHtml', () => {
  test('is one page that loads and runs nothing, whatever names stand in it', () => {
    const page = renderHtml(report());
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).not.toMatch(/<script|<link|<img|@import|url\(|https?:/);
    expect(page).toContain('&lt;script&gt;');
    expect(page).not.toContain('\u001b');
  });

  test.each([
    ['a day', '2023-05-01', '2023-05-02'],
    ['a year', '2023-01-01', '2024-01-01'],
    ['thirty years', '1994-01-01', '2024-01-01'],
  ])('%s has charts without a figure that is none', (_name, since, until) => {
    const nothing = {
      linesAtStart: 0,
      linesAtEnd: 0,
      added: 0,
      removed: 0,
      binaryCorrection: 0,
      changesets: 0,
    };
    for (const page of [
      renderHtml(report(since, until)),
      renderHtml(report(since, until, figures(nothing))),
    ]) {
      expect(page).toContain('<svg');
      expect(page).not.toMatch(/NaN|Infinity|undefined|null/);
    }
  });
});
