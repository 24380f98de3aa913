import { assert } from '@millrace/kernel/assert';
import type { Clock, Timer } from '@millrace/kernel/clock';

export interface GroupCommitOptions<Item> {
  readonly clock: Clock;
  /** While there is always more to commit: the time from one commit's start to the next one's. */
  readonly windowMs: number;
  /** The same after a group of `busyItems` or more, whose one wait for the disk has served so many. */
  readonly busyWindowMs: number;
  readonly busyItems: number;
  /** After a rest, so many commits may follow each other at once. */
  readonly burst: number;
  /** A group is full with so many bytes, or items: a larger one would hold up everybody in it. */
  readonly bytesMax: number;
  readonly itemsMax: number;
  /** It is full with so much weight, too: whoever asked waits for the answer, and brings no more meanwhile. */
  readonly weightMax: number;
  readonly weightOf: (item: Item) => number;
  /** Roughly how many bytes an item will write. */
  readonly bytesOf: (item: Item) => number;
  /** Commits a group. It does not reject: what goes wrong is told to the items. */
  readonly commit: (group: readonly Item[]) => Promise<void>;
}

/**
 * When to commit: what comes while nothing is under way goes at once (with all that comes in the same turn), and what
 * comes while the store is busy goes together, one commit a window. A few commits may follow each other at once where
 * there were few before: whoever alone asks one thing after the other (a request, its claim, its start) waits for no
 * window. A full group waits for none either, only for the commit before it.
 *
 * Pacing matters more than it seems: commits back to back cost the disk all its time and save nobody any. With little
 * to do it is what bounds the waits for the disk, so that the window is long; where much is done a build waits for
 * several commits one after the other, and the window is short.
 */
export class GroupCommit<Item> {
  readonly #options: GroupCommitOptions<Item>;
  #waiting: Item[] = [];
  #waitingBytes = 0;
  #waitingWeight = 0;
  #committing = false;
  /** When all commits so far would have been made, one a window. */
  #pacedMs = -Infinity;
  #timer: Timer | undefined;
  #turn = false;
  #idle: (() => void)[] = [];

  constructor(options: GroupCommitOptions<Item>) {
    this.#options = options;
  }

  /** Items that have not been handed to a commit. */
  get waiting(): number {
    return this.#waiting.length;
  }

  add(item: Item): void {
    this.#waiting.push(item);
    this.#waitingBytes += this.#options.bytesOf(item);
    this.#waitingWeight += this.#options.weightOf(item);
    if (this.#turn) return;
    this.#turn = true;
    queueMicrotask(() => {
      this.#turn = false;
      this.#pump();
    });
  }

  /** Resolves when all that was added has been committed. */
  idle(): Promise<void> {
    if (!this.#committing && this.#waiting.length === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#idle.push(resolve);
    });
  }

  #pump(): void {
    if (this.#committing) return;
    if (this.#waiting.length === 0) {
      for (const resolve of this.#idle.splice(0)) resolve();
      return;
    }
    const { clock, windowMs, burst } = this.#options;
    const waitMs = this.#pacedMs - (burst - 1) * windowMs - clock.monotonicMs();
    if (waitMs > 0 && !this.#full()) {
      this.#timer ??= clock.after(waitMs, () => {
        this.#timer = undefined;
        this.#pump();
      });
      return;
    }
    this.#timer?.cancel();
    this.#timer = undefined;
    void this.#commit(this.#take());
  }

  #full(): boolean {
    const { bytesMax, itemsMax, weightMax } = this.#options;
    return (
      this.#waitingBytes >= bytesMax || this.#waiting.length >= itemsMax || this.#waitingWeight >= weightMax
    );
  }

  /** One item at least, however large it is. */
  #take(): readonly Item[] {
    let bytes = 0;
    let count = 0;
    for (const item of this.#waiting) {
      const itemBytes = this.#options.bytesOf(item);
      if (count > 0 && (bytes + itemBytes > this.#options.bytesMax || count >= this.#options.itemsMax)) break;
      bytes += itemBytes;
      count++;
    }
    assert(count > 0, 'a group has an item');
    this.#waitingBytes -= bytes;
    const taken = this.#waiting.splice(0, count);
    for (const item of taken) this.#waitingWeight -= this.#options.weightOf(item);
    return taken;
  }

  async #commit(group: readonly Item[]): Promise<void> {
    this.#committing = true;
    const { clock, windowMs, busyWindowMs, busyItems, burst } = this.#options;
    const now = clock.monotonicMs();
    const ownMs = group.length >= busyItems ? busyWindowMs : windowMs;
    // However many full groups there were: after them it is paced, and not stopped.
    this.#pacedMs = Math.min(Math.max(now, this.#pacedMs) + ownMs, now + burst * windowMs);
    try {
      await this.#options.commit(group);
    } finally {
      this.#committing = false;
      this.#pump();
    }
  }
}
