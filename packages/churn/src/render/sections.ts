import type { ChurnReport } from '../report.ts';

/** What rows can be told by. */
export const sections = ['repository', 'author', 'directory', 'month'] as const;

export type Section = (typeof sections)[number];

export interface RenderOptions {
  /** Which rows, beside the total; those of the repositories by default. `author` needs the report's authors. */
  readonly by?: readonly Section[] | undefined;
}

function sectionsOf({ by }: RenderOptions): ReadonlySet<Section> {
  return new Set(by === undefined || by.length === 0 ? (['repository'] as const) : by);
}

/** What a report has beside figures, for all forms. */
export function has(report: ChurnReport, options: RenderOptions, section: Section): boolean {
  return sectionsOf(options).has(section) && (section !== 'author' || report.byAuthor !== null);
}
