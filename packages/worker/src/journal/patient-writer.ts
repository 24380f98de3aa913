import type { Clock, Timer } from '@millrace/kernel/clock';
import type { Fact, Position } from '@millrace/protocol/journal/record';
import type { JournalWriter } from './journal-writer.ts';
import type { Urgency } from './urgency.ts';

/** How often a full disk is tried again. */
const retryFullMs = 1_000;

export interface PatientWriterEvents {
  /** Whole records up to here, the last of them so urgent. */
  onGrown(position: Position, urgency: Urgency): void;
  /** The disk has no room: the one who produces facts stops until `onRoom`. */
  onFull(): void;
  onRoom(): void;
}

/**
 * Appends facts in order, and waits where the disk is full: what does not fit is held, with its time, and
 * tried again each second. The queue is bounded by its producer, who stops at `onFull`: what can still come is
 * one read of output and the few facts of a step's end.
 */
export class PatientWriter {
  readonly #clock: Clock;
  readonly #journal: JournalWriter;
  readonly #events: PatientWriterEvents;
  readonly #held: { readonly fact: Fact; readonly at: number }[] = [];
  #retry: Timer | undefined;

  constructor(clock: Clock, journal: JournalWriter, events: PatientWriterEvents) {
    this.#clock = clock;
    this.#journal = journal;
    this.#events = events;
  }

  get position(): Position {
    return this.#journal.position;
  }

  /** Facts that wait for room. */
  get held(): number {
    return this.#held.length;
  }

  /** `fact` is kept until there is room: its data may not be lent. */
  append(fact: Fact, urgency: Urgency): void {
    if (this.#held.length === 0 && this.#journal.append(fact) === 'appended') {
      this.#events.onGrown(this.#journal.position, urgency);
      return;
    }
    this.#held.push({ fact, at: this.#clock.now() });
    if (this.#held.length > 1) return;
    this.#events.onFull();
    this.#retryLater();
  }

  /** Closes the file; what is held is lost with the build that nobody wants any more. */
  close(): void {
    this.#retry?.cancel();
    this.#journal.close();
  }

  #retryLater(): void {
    this.#retry = this.#clock.after(retryFullMs, () => this.#tryHeld());
  }

  #tryHeld(): void {
    let written = 0;
    for (const { fact, at } of this.#held) {
      if (this.#journal.append(fact, at) === 'full') break;
      written += 1;
    }
    this.#held.splice(0, written);
    if (written > 0) this.#events.onGrown(this.#journal.position, 'now');
    if (this.#held.length > 0) this.#retryLater();
    else this.#events.onRoom();
  }
}
