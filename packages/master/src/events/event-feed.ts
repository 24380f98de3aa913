import type { Clock, Timer } from '@millrace/kernel/clock';
import { everyRound } from '@millrace/kernel/rounds';
import { Wakeup } from '@millrace/kernel/wakeup';
import type { MillraceEvent } from '@millrace/protocol/event';
import { isAfter, later } from '../store/operations/event-place.ts';
import { checkPlace, eventsHead, eventsOldest, readEvents } from '../store/operations/events.ts';
import type { EventPlace } from '../store/operations/event-place.ts';
import type { EventFilter, StoredEvent } from '../store/operations/events.ts';
import type { FreshEvents } from '../store/operation.ts';
import { storedEvents } from '../store/operations/fresh-events.ts';
import type { Store } from '../store/store.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { RecentEvents } from './recent-events.ts';

export interface EventFeedParts {
  readonly store: Store;
  readonly clock: Clock;
  /** A signal may be lost between masters: followers look again this often. */
  readonly lookAgainMs?: number;
  readonly onTrouble: (error: unknown) => void;
}

/**
 * Events in their order, and the cursor after all that was looked at: also over those that a filter left out. Those who follow
 * without a filter are handed the same batch: what is made of it can be kept with it.
 */
export interface EventBatch {
  readonly events: readonly MillraceEvent[];
  readonly cursor: string;
}

/** The most that is read at once. */
const batchMax = 500;
/** Those who are no further behind are served without the store. */
const recentMax = 2_000;
const defaultLookAgainMs = 1_000;

/**
 * The ordered feed of everything that happened, from any place on. A listener pulls: nothing is buffered for one that is slow; it
 * goes on from its cursor, out of the store when it has fallen far behind. However many follow at the head, the
 * store is read once.
 */
export class EventFeed {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #lookAgainMs: number;
  readonly #onTrouble: (error: unknown) => void;
  readonly #followers = new Set<Wakeup>();
  #recent: RecentEvents | undefined;
  /** What one follower was handed last, for those who are at the same place: all of them, mostly. */
  #shared: { readonly after: EventPlace; readonly batch: EventBatch; readonly place: EventPlace } | undefined;
  #looking = false;
  #lookAgain = false;
  #stopListening: (() => void) | undefined;
  #timer: Timer | undefined;

  constructor(parts: EventFeedParts) {
    this.#store = parts.store;
    this.#clock = parts.clock;
    this.#lookAgainMs = parts.lookAgainMs ?? defaultLookAgainMs;
    this.#onTrouble = parts.onTrouble;
  }

  /** The cursor before the oldest event that is kept. */
  async start(): Promise<string> {
    return this.#cursor(await this.#store.do(eventsOldest, undefined));
  }

  /**
   * Before a listener is told that its stream begins.
   * @throws MillraceError `cursor-malformed`, `cursor-epoch`, `cursor-expired`
   */
  async check(after: string): Promise<void> {
    await this.#store.do(checkPlace, this.#place(after));
  }

  /** The cursor after the newest event. */
  async head(): Promise<string> {
    return this.#cursor(await this.#store.do(eventsHead, undefined));
  }

  /**
   * At most `limit` events after a cursor.
   * @throws MillraceError `cursor-malformed`, `cursor-epoch`, `cursor-expired`
   */
  async read(after: string, limit: number, filter: EventFilter = {}): Promise<EventBatch> {
    const page = await this.#store.do(readEvents, { after: this.#place(after), limit, filter });
    return this.#batch(page.events, page.place);
  }

  /**
   * What comes after a cursor, as it comes, until the signal aborts. Batches may be empty of events: their cursor has
   * gone on.
   * @throws MillraceError `cursor-malformed`, `cursor-epoch`, at the first step; `cursor-expired`, when it falls too far behind.
   */
  async *follow(
    after: string,
    signal: AbortSignal,
    filter: EventFilter = {},
  ): AsyncGenerator<EventBatch, void> {
    let place = this.#place(after);
    const wakeup = new Wakeup();
    this.#join(wakeup);
    try {
      while (!signal.aborted) {
        const next = this.#next(place, filter) ?? (await this.#fromStore(place, filter));
        if (isAfter(next.place, place)) yield next.batch;
        else await wakeup.wait(signal);
        place = next.place;
      }
    } finally {
      this.#leave(wakeup);
    }
  }

  /** Out of what is at hand: for followers without a filter the same, not made anew, whose turns follow each other. */
  #next(place: EventPlace, filter: EventFilter): Next | undefined {
    if (Object.values(filter).some((one) => one !== undefined)) return this.#fromRecent(place, filter);
    const shared = this.#shared;
    if (shared && isSame(shared.after, place) && isAfter(shared.place, place)) return shared;
    const next = this.#fromRecent(place, filter);
    this.#shared = next && { after: place, ...next };
    return next;
  }

  #fromRecent(place: EventPlace, filter: EventFilter): Next | undefined {
    const recent = this.#recent;
    const events = recent?.after(place, batchMax);
    if (!recent || !events) return undefined;
    const last = events.length === batchMax ? events.at(-1) : undefined;
    const end = last?.place ?? later(recent.head, place);
    const batch = this.#batch(
      events.filter((event) => passes(filter, event)),
      end,
    );
    return { batch, place: end };
  }

  async #fromStore(after: EventPlace, filter: EventFilter): Promise<Next> {
    const { events, place } = await this.#store.do(readEvents, { after, limit: batchMax, filter });
    return { batch: this.#batch(events, place), place };
  }

  #join(follower: Wakeup): void {
    this.#followers.add(follower);
    if (this.#followers.size > 1) return;
    this.#recent = undefined;
    this.#stopListening = this.#store.onSignal(
      (signal) => {
        if (signal.topic === 'events' && !this.#take(signal.fresh)) void this.#look();
      },
      { events: true },
    );
    this.#timer = everyRound(this.#clock, this.#lookAgainMs, () => void this.#look());
    void this.#look();
  }

  #leave(follower: Wakeup): void {
    this.#followers.delete(follower);
    if (this.#followers.size > 0) return;
    this.#stopListening?.();
    this.#timer?.cancel();
    this.#recent = undefined;
    this.#shared = undefined;
  }

  /**
   * What a commit handed on is taken where it follows what is at hand, without a hole; true: nothing is left to look
   * for. (It is read back in any other case: there was none or too much of it, the beginning, another master's.)
   */
  #take(fresh: FreshEvents | undefined): boolean {
    const recent = this.#recent;
    if (!recent || !fresh || this.#looking) return false;
    const next = recent.head.seq + 1;
    if (fresh.first !== next) return fresh.first + fresh.count <= next;
    const events = storedEvents(fresh);
    recent.add(events, events.at(-1)?.place ?? recent.head);
    this.#wakeAll();
    return true;
  }

  /** One look at a time; who asks during one gets another after it. */
  async #look(): Promise<void> {
    this.#lookAgain = true;
    if (this.#looking) return;
    this.#looking = true;
    try {
      while (this.#lookAgain && this.#followers.size > 0) {
        this.#lookAgain = false;
        await this.#readOn();
      }
    } catch (error) {
      // The next signal, or the next turn of the timer, looks again. Where nobody follows any more, nobody misses it.
      if (this.#followers.size > 0) this.#onTrouble(error);
    } finally {
      this.#looking = false;
    }
  }

  async #readOn(): Promise<void> {
    let recent = this.#recent;
    if (!recent) {
      recent = new RecentEvents(await this.#store.do(eventsHead, undefined), recentMax);
      this.#recent = recent;
      // Who has looked in vain meanwhile may have missed what now stands before it.
      this.#wakeAll();
    }
    for (;;) {
      const page = await this.#store.do(readEvents, { after: recent.head, limit: batchMax, filter: {} });
      recent.add(page.events, page.place);
      if (page.events.length > 0) this.#wakeAll();
      if (page.atHead) return;
    }
  }

  #wakeAll(): void {
    for (const follower of this.#followers) follower.wake();
  }

  #place(cursor: string): EventPlace {
    return readCursor(this.#store.epoch, cursor);
  }

  #cursor(place: EventPlace): string {
    return writeCursor(this.#store.epoch, place);
  }

  #batch(events: readonly StoredEvent[], place: EventPlace): EventBatch {
    return {
      events: events.map((event) => asMillraceEvent(event, this.#cursor(event.place))),
      cursor: this.#cursor(place),
    };
  }
}

interface Next {
  readonly batch: EventBatch;
  readonly place: EventPlace;
}

function isSame(one: EventPlace, other: EventPlace): boolean {
  return one.xid === other.xid && one.seq === other.seq;
}

function passes(filter: EventFilter, event: StoredEvent): boolean {
  return (
    (filter.types === undefined || filter.types.includes(event.type)) &&
    (filter.builder === undefined || filter.builder === event.builder) &&
    (filter.builders === undefined || (event.builder !== null && filter.builders.includes(event.builder))) &&
    (filter.build === undefined || filter.build === event.build)
  );
}

function asMillraceEvent(event: StoredEvent, cursor: string): MillraceEvent {
  const { builder, build, request, buildset, worker } = event;
  return {
    cursor,
    type: event.type,
    at: event.at,
    ...(builder !== null && { builder }),
    ...(build !== null && { build }),
    ...(request !== null && { request }),
    ...(buildset !== null && { buildset }),
    ...(worker !== null && { worker }),
    data: JSON.parse(event.data) as Record<string, unknown>,
  };
}
