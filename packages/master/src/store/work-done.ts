/** What one kind of operation made the disk do, since the start. */
interface CauseOfWork {
  readonly cause: string;
  readonly operations: number;
  /** Its share of the commits. */
  readonly commits: number;
  readonly bytes: number;
}

export interface WorkFigures {
  /** Each of them waits for the disk once: for the write-ahead log. */
  readonly commits: number;
  /** Further waits for the disk: files that contents of logs were appended to. */
  readonly segmentSyncs: number;
  readonly bytes: number;
  readonly causes: readonly CauseOfWork[];
}

/** Counts what a store wrote for whom, since the start. What the database does of its own accord it does not see. */
export class WorkDone {
  #commits = 0;
  #segmentSyncs = 0;
  readonly #causes = new Map<string, { operations: number; commits: number; bytes: number }>();

  /** One durable commit of these operations. */
  committed(
    operations: readonly { readonly name: string; readonly bytes: number }[],
    segmentSyncs: number,
  ): void {
    this.#commits += 1;
    this.#segmentSyncs += segmentSyncs;
    for (const { name, bytes } of operations) {
      let cause = this.#causes.get(name);
      if (cause === undefined) {
        cause = { operations: 0, commits: 0, bytes: 0 };
        this.#causes.set(name, cause);
      }
      cause.operations += 1;
      cause.commits += 1 / operations.length;
      cause.bytes += bytes;
    }
  }

  figures(): WorkFigures {
    const causes = [...this.#causes].map(([cause, sums]) => ({ cause, ...sums }));
    const bytes = causes.reduce((sum, one) => sum + one.bytes, 0);
    return { commits: this.#commits, segmentSyncs: this.#segmentSyncs, bytes, causes };
  }
}

/** What was done between two moments; most commits first. */
export function workSince(before: WorkFigures, after: WorkFigures): WorkFigures {
  const known = new Map(before.causes.map((one) => [one.cause, one]));
  const causes = after.causes
    .map((one) => {
      const then = known.get(one.cause) ?? { operations: 0, commits: 0, bytes: 0 };
      return {
        cause: one.cause,
        operations: one.operations - then.operations,
        commits: Math.max(0, Math.round((one.commits - then.commits) * 100) / 100),
        bytes: one.bytes - then.bytes,
      };
    })
    .filter(({ operations }) => operations > 0)
    .toSorted((one, other) => other.commits - one.commits || other.bytes - one.bytes);
  return {
    commits: after.commits - before.commits,
    segmentSyncs: after.segmentSyncs - before.segmentSyncs,
    bytes: after.bytes - before.bytes,
    causes,
  };
}

export const noWork: WorkFigures = { commits: 0, segmentSyncs: 0, bytes: 0, causes: [] };
