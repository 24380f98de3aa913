export { ChurnError, type ChurnErrorCode } from './churn-error.ts';
export { patternGroups } from './count/exclude.ts';
export { measureChurn, type ChurnOptions } from './measure-churn.ts';
export type { OnProgress, Phase, Progress } from './progress.ts';
export type {
  AuthorRow,
  ChurnReport,
  DirectoryRow,
  End,
  Figures,
  RepositoryReport,
  Survival,
  TimeRow,
} from './report.ts';
export type { RepositoryKind } from './source.ts';
export { renderCsv } from './render/csv.ts';
export { renderHtml } from './render/html.ts';
export { renderJson } from './render/json.ts';
export { sections, type RenderOptions, type Section } from './render/sections.ts';
export { renderTable, type TableOptions } from './render/table.ts';
