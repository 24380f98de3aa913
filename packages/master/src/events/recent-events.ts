import { isAfter } from '../store/operations/event-place.ts';
import type { EventPlace } from '../store/operations/event-place.ts';
import type { StoredEvent } from '../store/operations/events.ts';

/**
 * The newest events, without a hole, from `start` (not included) to `head`: those who follow closely are all served
 * from here, by one read of the store. Bounded: the oldest go.
 */
export class RecentEvents {
  readonly #limit: number;
  #start: EventPlace;
  #head: EventPlace;
  #events: StoredEvent[] = [];

  constructor(at: EventPlace, limit: number) {
    this.#limit = limit;
    this.#start = at;
    this.#head = at;
  }

  get head(): EventPlace {
    return this.#head;
  }

  /** @param events what came right after the head, in order, up to `head` */
  add(events: readonly StoredEvent[], head: EventPlace): void {
    this.#events.push(...events);
    this.#head = head;
    // In large steps: cutting the front costs as much as what is left.
    if (this.#events.length < 2 * this.#limit) return;
    const dropped = this.#events.length - this.#limit;
    this.#start = this.#events[dropped - 1]?.place ?? this.#start;
    this.#events = this.#events.slice(dropped);
  }

  /** At most `limit` events after a place; undefined: some of them are not here any more. */
  after(place: EventPlace, limit: number): readonly StoredEvent[] | undefined {
    if (isAfter(this.#start, place)) return undefined;
    let low = 0;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const event = this.#events[middle];
      if (event && isAfter(event.place, place)) high = middle;
      else low = middle + 1;
    }
    return this.#events.slice(low, low + limit);
  }
}
