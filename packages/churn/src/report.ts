import type { RepositoryKind } from './source.ts';

/** Figures of one repository, or of all together. Lines are lines of text; see docs/churn/README.md. */
export interface Figures {
  readonly linesAtStart: number;
  readonly linesAtEnd: number;
  /** `linesAtEnd - linesAtStart = added - removed + binaryCorrection`; asserted before it is reported. */
  readonly growth: number;
  /** Along first parents, with renames found. */
  readonly added: number;
  readonly removed: number;
  /** What files that turned from text to binary took with them, and those that turned back brought. */
  readonly binaryCorrection: number;
  /** Commits that are no merges; one that stands in several repositories counts once in the total. */
  readonly changesets: number;
  /** Of `changesets`, those dated outside of the period: made before it and merged in it, or a wrong clock. */
  readonly changesetsDatedOutside: number;
  /** Commits along first parents, merges with them: how often the branch itself moved. */
  readonly firstParentChangesets: number;
  /** Changesets per calendar day of the period. */
  readonly perDay: number;
  readonly addedPerDay: number;
  readonly removedPerDay: number;
  /** `removed / linesAtStart`; `null` where there were no lines. */
  readonly rewrittenShare: number | null;
  /** Calendar days of the period on which no commit is dated. */
  readonly daysWithoutCommit: number;
}

/** An end of the period on a branch. */
export interface End {
  readonly commit: string;
  /** Committer date, UTC, ISO 8601; `null` where the commit's date is beyond what a calendar knows. */
  readonly date: string | null;
  readonly files: number;
  readonly binaryFiles: number;
}

export interface RepositoryReport extends Figures {
  /** The folder's name; with more of its path where several are called the same. */
  readonly name: string;
  readonly path: string;
  readonly kind: RepositoryKind;
  readonly branch: string;
  /** A; `null` where the branch did not exist yet. */
  readonly start: End | null;
  /** B; `null` where the branch did not exist even then. */
  readonly end: End | null;
}

export interface AuthorRow {
  readonly author: string;
  readonly changesets: number;
  readonly added: number;
  readonly removed: number;
  readonly growth: number;
}

export interface DirectoryRow {
  readonly repository: string;
  readonly directory: string;
  readonly linesAtStart: number;
  readonly linesAtEnd: number;
  readonly growth: number;
  readonly added: number;
  readonly removed: number;
  readonly binaryCorrection: number;
  /** Lines that renamed files carried in from other directories, less those carried out; sums to 0. */
  readonly moved: number;
  /** First-parent commits that touch it. */
  readonly firstParentChangesets: number;
}

/** A month, or a day: what came and went in it, and the lines at its end. */
export interface TimeRow {
  /** `2023-05` or `2023-05-01`. */
  readonly time: string;
  readonly linesAtEnd: number;
  readonly growth: number;
  readonly added: number;
  readonly removed: number;
  readonly binaryCorrection: number;
  /** Those dated then; with `changesetsDatedOutside` they sum to the whole. */
  readonly changesets: number;
}

/** What became of the lines that stood at the start. */
export interface Survival {
  /** An estimate: as if lines went at a steady rate. `null` where none went. */
  readonly halfLifeDays: number | null;
  readonly points: readonly {
    readonly time: string;
    readonly survivingLines: number;
    readonly share: number;
  }[];
}

export interface ChurnReport {
  readonly period: {
    /** ISO 8601, UTC. */
    readonly since: string;
    readonly until: string;
    readonly timeZone: string;
    readonly days: number;
  };
  readonly excluded: readonly string[];
  readonly repositories: readonly RepositoryReport[];
  readonly total: Figures;
  readonly byDirectory: readonly DirectoryRow[];
  readonly byMonth: readonly TimeRow[];
  readonly byDay: readonly TimeRow[];
  /** Where asked; `unattributed` makes the authors' lines sum to the whole. */
  readonly byAuthor: {
    readonly authors: readonly AuthorRow[];
    readonly unattributed: Omit<AuthorRow, 'author'>;
  } | null;
  readonly survival: Survival | null;
}
