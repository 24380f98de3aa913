import type { ChurnReport } from '../report.ts';
import { has, type RenderOptions } from './sections.ts';

/**
 * The report as JSON, for other programs: `{ period, excluded, repositories, total }`, and `byAuthor`,
 * `byDirectory`, `byMonth` and `survival` where they were asked for. Ends with a newline.
 */
export function renderJson(report: ChurnReport, options: RenderOptions = {}): string {
  const { period, excluded, repositories, total } = report;
  const chosen = {
    period,
    excluded,
    repositories,
    total,
    ...(has(report, options, 'author') && { byAuthor: report.byAuthor }),
    ...(has(report, options, 'directory') && { byDirectory: report.byDirectory }),
    ...(has(report, options, 'month') && { byMonth: report.byMonth }),
    ...(report.survival && { survival: report.survival }),
  };
  return `${JSON.stringify(chosen, null, 2)}\n`;
}
