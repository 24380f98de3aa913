import { isIn, type Period } from '../period/period.ts';

/** On which days commits are dated. Bounded by the days of the period. */
export class CommitDays {
  /** Changesets by day. */
  readonly changesets = new Map<number, number>();
  /** Changesets of the period that are dated outside of it: made before it and merged in it, or a wrong clock. */
  datedOutside = 0;
  readonly #dated = new Set<number>();
  readonly #period: Period;

  constructor(period: Period) {
    this.#period = period;
  }

  changeset(seconds: number): void {
    const day = this.dated(seconds);
    if (day === undefined) this.datedOutside += 1;
    else this.changesets.set(day, (this.changesets.get(day) ?? 0) + 1);
  }

  /** Any commit, a merge too. Returns its day where that lies in the period. */
  dated(seconds: number): number | undefined {
    const instantMs = seconds * 1000;
    if (!isIn(this.#period, instantMs)) return undefined;
    const day = this.#period.zone.dayOf(instantMs);
    this.#dated.add(day);
    return day;
  }

  get daysWithoutCommit(): number {
    return this.#period.days - this.#dated.size;
  }
}
