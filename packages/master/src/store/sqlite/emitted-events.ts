import type { FreshEvents, SqlValue } from '../operation.ts';
import { eventColumns } from '../operations/fresh-events.ts';

/** More than a follower reads at once are not handed on: who wants them reads them, page by page. */
const freshMax = 500;

/** The events of a group that is under way, kept for who would read them back after the commit. */
export class EmittedEvents {
  #first = 0;
  #count = 0;
  #values: SqlValue[] = [];
  #isWhole = true;

  /** How many there are. */
  get count(): number {
    return this.#count;
  }

  clear(): void {
    this.#count = 0;
    this.#values = [];
    this.#isWhole = true;
  }

  /** @param values of one insert: the columns of so many events, the first of which has the number `first` */
  add(first: number, count: number, values: readonly SqlValue[]): void {
    if (this.#count === 0) this.#first = first;
    const follows = first === this.#first + this.#count;
    this.#count += count;
    this.#isWhole &&= follows && this.#count <= freshMax;
    if (this.#isWhole) this.#values.push(...values);
  }

  /** What came after the first `count` was undone. */
  back(count: number): void {
    this.#count = count;
    if (this.#isWhole) this.#values.length = count * eventColumns.length;
  }

  /** Undefined: there are none, or too many. */
  packed(): FreshEvents | undefined {
    if (this.#count === 0 || !this.#isWhole) return undefined;
    return { first: this.#first, count: this.#count, columns: JSON.stringify(this.#values) };
  }
}
