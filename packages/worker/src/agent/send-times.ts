import type { Clock, Timer } from '@millrace/kernel/clock';

/** How long a word that journals have grown may wait for those of other slots. */
export type SendWait =
  /** Somebody waits for it. */
  | 'now'
  /** All slots of the machine say so at the end of one window, in the milliseconds that they take for it. */
  | 'gather'
  /** Nobody watches: it goes with all that is collected. */
  | 'collect';

/** What sixteen slots that wake at the same moment take to say so. */
const gatherMs = 4;
/**
 * From one sending to the next, where several journals are here: what each message, and the commit that it asks for,
 * costs a master by itself is more than what is in it. Of 16 slots at 300 builds a second five ends go together.
 */
const paceMs = 20;
/** Output that nobody watches goes once in so long, some ms after the slots have flushed theirs. */
const collectMs = 2_000;
const collectLagMs = 100;

/** When journals of one worker are sent, so that what several slots bring goes together. */
export class SendTimes<Journal> {
  readonly #clock: Clock;
  readonly #send: (journals: Iterable<Journal>) => void;
  #urgent = new Set<Journal>();
  #collected = new Set<Journal>();
  #sending: Timer | undefined;
  #sendingAtMs = Infinity;
  #collecting: Timer | undefined;
  #sentAtMs = -Infinity;

  /** @param send what these have so far goes now */
  constructor(clock: Clock, send: (journals: Iterable<Journal>) => void) {
    this.#clock = clock;
    this.#send = send;
  }

  /** @param alone no other journal is here, for which it would be worth while to wait */
  grown(journal: Journal, wait: SendWait, alone: boolean): void {
    if (wait === 'collect') {
      this.#collect(journal);
      return;
    }
    this.#urgent.add(journal);
    const now = this.#clock.monotonicMs();
    const atMs = alone ? now : Math.max(this.#sentAtMs + paceMs, wait === 'gather' ? now + gatherMs : now);
    if (atMs >= this.#sendingAtMs) return;
    this.#sending?.cancel();
    this.#sending = undefined;
    if (atMs <= now) {
      this.#sendUrgent();
      return;
    }
    this.#sendingAtMs = atMs;
    this.#sending = this.#clock.after(atMs - now, () => this.#sendUrgent());
  }

  /** Nothing of it is to be sent any more. */
  forget(journal: Journal): void {
    this.#urgent.delete(journal);
    this.#collected.delete(journal);
  }

  stop(): void {
    this.#sending?.cancel();
    this.#collecting?.cancel();
  }

  #sendUrgent(): void {
    const journals = this.#urgent;
    this.#urgent = new Set();
    this.#sending = undefined;
    this.#sendingAtMs = Infinity;
    this.#sentAtMs = this.#clock.monotonicMs();
    for (const journal of journals) this.#collected.delete(journal);
    if (journals.size > 0) this.#send(journals);
  }

  #collect(journal: Journal): void {
    this.#collected.add(journal);
    const waitMs = collectMs - ((this.#clock.now() - collectLagMs) % collectMs);
    this.#collecting ??= this.#clock.after(waitMs, () => {
      this.#collecting = undefined;
      const journals = this.#collected;
      this.#collected = new Set();
      if (journals.size > 0) this.#send(journals);
    });
  }
}
