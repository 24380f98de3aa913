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
