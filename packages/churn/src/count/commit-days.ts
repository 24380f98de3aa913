import { dayIn, isIn, type Period } from '../period/period.ts';

/** On which days commits are dated. Bounded by the days of the period. */
export class CommitDays {
  /** Changesets by day; one that is dated outside of the period (made before it, merged in it) at the edge. */
  readonly changesets = new Map<number, number>();
  readonly #dated = new Set<number>();
  readonly #period: Period;

  constructor(period: Period) {
    this.#period = period;
  }

  changeset(seconds: number): void {
    const day = dayIn(this.#period, seconds * 1000);
    this.changesets.set(day, (this.changesets.get(day) ?? 0) + 1);
    this.dated(seconds);
  }

  /** Any commit, a merge too. */
  dated(seconds: number): void {
    const instantMs = seconds * 1000;
    if (isIn(this.#period, instantMs)) this.#dated.add(dayIn(this.#period, instantMs));
  }

  get daysWithoutCommit(): number {
    return this.#period.days - this.#dated.size;
  }
}
