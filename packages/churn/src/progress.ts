/**
 * What is being done, in order: find the ends, write a Mercurial period into git, follow the history (and count
 * lines and commits beside it), and what was asked for.
 */
export type Phase = 'ends' | 'import' | 'history' | 'authors' | 'survival';

/** One step of long work. */
export interface Progress {
  /** The repository's path as it was named, its place among all (from 0), and how many there are. */
  readonly repository: string;
  readonly index: number;
  readonly repositories: number;
  readonly phase: Phase;
  /** Of `total` steps of this phase; `total` is 0 where it cannot be known. */
  readonly done: number;
  readonly total: number;
}

export type OnProgress = (progress: Progress) => void;

/** Tells one repository's steps. */
export class RepositoryProgress {
  readonly #onProgress: OnProgress | undefined;
  readonly #place: { repository: string; index: number; repositories: number };

  constructor(
    place: { repository: string; index: number; repositories: number },
    onProgress: OnProgress | undefined,
  ) {
    this.#place = place;
    this.#onProgress = onProgress;
  }

  /** Begins a phase and returns what tells one more step of it. */
  begin(phase: Phase, total = 0): () => void {
    let done = 0;
    const tell = () => this.#onProgress?.({ ...this.#place, phase, done, total });
    tell();
    return () => {
      done += 1;
      tell();
    };
  }
}
