import type { Clock } from '@millrace/kernel/clock';
import { SilenceTimer } from '@millrace/kernel/silence-timer';
import { Wakeup } from '@millrace/kernel/wakeup';
import type { LogHead } from '../store/operations/read-logs.ts';
import type { FreshChunk } from './fresh-chunk.ts';
import type { FreshListener, FreshSource, Following } from './fresh-output.ts';
import type { LogLookers } from './log-watch.ts';
import type { LogWakes } from './log-wakes.ts';

/** What a slow listener may have waiting: the rest is read back when he comes to it. */
const waitingBytesMax = 64 * 1024;
/** A signal may be lost: then this is how late more is noticed. */
const secondLookMs = 2_000;

export interface NewsParts {
  readonly fresh: FreshSource;
  readonly wakes: LogWakes;
  readonly lookers: LogLookers;
  readonly clock: Clock;
}

/** What one follower hears of his log: chunks that are handed on, and that there is something to look for in the store. */
export class News implements FreshListener, Disposable {
  readonly #wakeup = new Wakeup();
  readonly #secondLook: SilenceTimer;
  readonly #ends: (() => void)[];
  #following: Following | undefined;
  #waiting: FreshChunk[] = [];
  #waitingBytes = 0;
  #isToLook = true;

  constructor({ fresh, wakes, lookers, clock }: NewsParts, log: LogHead, signal: AbortSignal) {
    this.#secondLook = new SilenceTimer(clock, secondLookMs, () => this.look());
    const onAbort = (): void => this.#wakeup.wake();
    signal.addEventListener('abort', onAbort);
    this.#ends = [
      wakes.add(log.id, { wake: () => this.#onSignal() }),
      () => this.#secondLook.cancel(),
      () => signal.removeEventListener('abort', onAbort),
    ];
    if (log.state === 'closed') return;
    const following = fresh.follow(log.build, log.number, this);
    this.#following = following;
    this.#ends.push(() => following.end(), lookers.add(log.build, log.number));
  }

  give(chunk: FreshChunk): void {
    this.#waitingBytes += chunk.bytes;
    if (this.#waitingBytes > waitingBytesMax) {
      this.#forget();
      this.look();
      return;
    }
    this.#waiting.push(chunk);
    this.#secondLook.heard();
    this.#wakeup.wake();
  }

  look(): void {
    this.#isToLook = true;
    this.#wakeup.wake();
  }

  /** Whether to look into the store; true once for each time that it was told. */
  takeLook(): boolean {
    const isToLook = this.#isToLook;
    this.#isToLook = false;
    return isToLook;
  }

  /**
   * What was handed on and goes on exactly from this byte. What lies before it was read meanwhile; where something is
   * missing between, that is to be looked for.
   */
  takeFrom(byte: number): readonly FreshChunk[] {
    const waiting = this.#waiting.filter((chunk) => chunk.endByte > byte);
    this.#forget();
    let next = byte;
    for (const [index, chunk] of waiting.entries()) {
      if (chunk.place.byte !== next) {
        this.#isToLook = true;
        return waiting.slice(0, index);
      }
      next = chunk.endByte;
    }
    return waiting;
  }

  /** Resolves when there is something new, or the signal aborts. */
  wait(): Promise<void> {
    return this.#wakeup.woken();
  }

  [Symbol.dispose](): void {
    for (const end of this.#ends) end();
  }

  /** What is on its way is told of when it is there, with the bytes. */
  #onSignal(): void {
    if (this.#following?.isComing !== true) this.look();
  }

  #forget(): void {
    this.#waiting = [];
    this.#waitingBytes = 0;
  }
}
