import { unreachable } from '@millrace/kernel/assert';
import type { Clock, Timer } from '@millrace/kernel/clock';
import { moreUrgent } from '../journal/urgency.ts';
import type { Urgency } from '../journal/urgency.ts';

/** How urgently a journal's growth is told of: see {@link Urgency}. */
export type ToldUrgency = Extract<Urgency, 'now' | 'window' | 'later'>;

/**
 * What a build has come to is told once in such a window, that of the calendar: all slots of a machine tell of theirs
 * together, and their agent sends it in one piece. A step costs the master most by the message and by the commit; of
 * steps of 35 ms each three go together so.
 */
const windowMs = 100;
/** What has only begun is told of at the end of a window, and not before it is so old: most that is short is over. */
const openingMs = 40;
/** Output that nobody watches: it may be much, and the agent collects it. */
const outputMs = 20;
/** With less than this the agent would only wait: no word of its own where another one is due. */
const muchBytes = 64 * 1024;

/**
 * When agents are told how far a build's journal is: once for all that is written in one turn, at once for whom
 * somebody waits, and for the rest with what comes after it.
 */
export class GrowthTeller {
  readonly #clock: Clock;
  readonly #tell: (urgency: ToldUrgency) => void;
  #timer: Timer | undefined;
  #urgency: Urgency = 'later';
  #dueMs = Infinity;
  #toldMs: number;
  #byte = 0;
  #toldByte = 0;

  /** The build begins now: its first steps, too, are told of by the window. */
  constructor(clock: Clock, tell: (urgency: ToldUrgency) => void) {
    this.#clock = clock;
    this.#tell = tell;
    this.#toldMs = clock.monotonicMs();
  }

  /** Whole records stand up to `byte`. */
  grown(byte: number, urgency: Urgency): void {
    this.#byte = byte;
    const much = byte - this.#toldByte >= muchBytes;
    const waits = this.#timer !== undefined;
    if (waits && !much && moreUrgent(urgency, this.#urgency) === this.#urgency) return;
    // Little output does not hurry what follows it, and goes along.
    const replaces = waits && this.#urgency === 'later' && !much;
    this.#urgency = waits ? moreUrgent(urgency, this.#urgency) : urgency;
    const now = this.#clock.monotonicMs();
    const inMs = Math.min(this.#waitMs(now), much ? outputMs : Infinity);
    if (!replaces && this.#dueMs <= now + inMs) return;
    this.#timer?.cancel();
    this.#dueMs = now + inMs;
    this.#timer = this.#clock.after(inMs, () => this.#tellNow());
  }

  cancel(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #waitMs(now: number): number {
    switch (this.#urgency) {
      case 'now':
      case 'window':
        return 0;
      case 'soon':
        return now - this.#toldMs >= windowMs ? 0 : this.#untilWindowsEndMs(0);
      case 'opening':
        return this.#untilWindowsEndMs(openingMs);
      case 'later':
        return outputMs;
      default:
        return unreachable(this.#urgency);
    }
  }

  /** Until the end of the first window that ends after such a while or more. */
  #untilWindowsEndMs(afterMs: number): number {
    return afterMs + windowMs - ((this.#clock.now() + afterMs) % windowMs);
  }

  #tellNow(): void {
    const urgency = this.#urgency;
    this.#timer = undefined;
    this.#dueMs = Infinity;
    this.#urgency = 'later';
    this.#toldMs = this.#clock.monotonicMs();
    this.#toldByte = this.#byte;
    this.#tell(urgency === 'now' || urgency === 'later' ? urgency : 'window');
  }
}
