import type { ChurnReport, DirectoryRow, Figures } from '../report.ts';
import { count, counted, oneDecimal, percent } from './number.ts';

/** `1,445,531 - 1,393,655 = 96,642 - 44,766 = 51,876`: the assertion that every report has passed. */
export function reconciliation(figures: Figures): string {
  const { linesAtStart, linesAtEnd, added, removed, binaryCorrection, growth } = figures;
  const sign = binaryCorrection < 0 ? '-' : '+';
  const correction = binaryCorrection === 0 ? '' : ` ${sign} ${count(Math.abs(binaryCorrection))} (binary)`;
  const between = `${count(added)} - ${count(removed)}${correction}`;
  return `${count(linesAtEnd)} - ${count(linesAtStart)} = ${between} = ${count(growth)}`;
}

/** `2023-01-01 to 2024-01-01 (365 days, UTC)`; times only where the period does not begin and end at midnight. */
export function periodText({ period }: ChurnReport): string {
  const [since, until] = [shortTime(period.since, period.timeZone), shortTime(period.until, period.timeZone)];
  return `${since} to ${until} (${counted(period.days, 'day')}, ${period.timeZone})`;
}

function shortTime(instant: string, timeZone: string): string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  return format.format(new Date(instant)).replace(' 00:00:00', '').replace(/:00$/, '');
}

/** What the figures mean, a sentence each. */
export function meaning(report: ChurnReport): string[] {
  const { total, period, byDirectory, survival } = report;
  const outside = total.changesetsDatedOutside;
  const early = outside === 0 ? '' : ` ${count(outside)} of them are dated outside of the period.`;
  const sentences = [
    `${counted(total.changesets, 'changeset')}, ${oneDecimal(total.perDay)} a day; the branches moved ${counted(total.firstParentChangesets, 'time')}.${early}`,
    `${oneDecimal(total.addedPerDay)} lines added and ${oneDecimal(total.removedPerDay)} removed a day; ${count(total.daysWithoutCommit)} of ${counted(period.days, 'day')} without a commit.`,
  ];
  if (total.rewrittenShare !== null) {
    const share = percent(total.rewrittenShare);
    sentences.push(`As many lines were removed or rewritten as ${share} of those at the start.`);
  }
  const busiest = byDirectory
    .filter((row) => row.added + row.removed > 0)
    .sort(byChange)
    .slice(0, 3);
  if (busiest.length > 0) {
    const several = report.repositories.length > 1;
    const names = busiest.map((row) => `${directoryLabel(row, several)} ${count(row.added + row.removed)}`);
    sentences.push(`Busiest directories, by lines added and removed: ${names.join(', ')}.`);
  }
  const last = survival?.points.at(-1);
  if (survival && last) sentences.push(survivalSentence(last.share, survival.halfLifeDays));
  return sentences;
}

/** A directory as people call it; with its repository's name where there are several. */
export function directoryLabel(
  row: Pick<DirectoryRow, 'repository' | 'directory'>,
  several: boolean,
): string {
  const name = row.directory === '.' ? '(top)' : row.directory;
  return several ? `${row.repository}/${name}` : name;
}

function byChange(a: { added: number; removed: number }, b: { added: number; removed: number }): number {
  return b.added + b.removed - (a.added + a.removed);
}

function survivalSentence(share: number, halfLifeDays: number | null): string {
  const stood = `${percent(share)} of the lines at the start still stand at the end`;
  return halfLifeDays === null ? `${stood}.` : `${stood}: a half-life of about ${lifetime(halfLifeDays)}.`;
}

function lifetime(days: number): string {
  return days < 730 ? counted(Math.round(days), 'day') : `${oneDecimal(days / 365.25)} years`;
}
