import type { Timer } from '@millrace/kernel/clock';

export interface DueTimer {
  readonly dueMs: number;
  act(): void;
}

interface HeapTimer extends DueTimer {
  readonly order: number;
  cancelled: boolean;
}

/** Timers by time, then by making: a binary heap. Cancelled ones are dropped when they come to the top. */
export class TimerHeap {
  readonly #heap: HeapTimer[] = [];
  #order = 0;
  #live = 0;

  get size(): number {
    return this.#live;
  }

  add(dueMs: number, act: () => void): Timer {
    const timer: HeapTimer = { dueMs, act, order: this.#order++, cancelled: false };
    this.#live += 1;
    this.#heap.push(timer);
    this.#rise(this.#heap.length - 1);
    return {
      cancel: () => {
        if (timer.cancelled) return;
        timer.cancelled = true;
        this.#live -= 1;
      },
    };
  }

  nextDueMs(): number | undefined {
    this.#dropCancelled();
    return this.#heap[0]?.dueMs;
  }

  take(): DueTimer | undefined {
    this.#dropCancelled();
    const top = this.#pop();
    if (top === undefined) return undefined;
    // So that a late cancel does nothing.
    top.cancelled = true;
    this.#live -= 1;
    return top;
  }

  #dropCancelled(): void {
    while (this.#heap[0]?.cancelled === true) this.#pop();
  }

  #pop(): HeapTimer | undefined {
    const top = this.#heap[0];
    const last = this.#heap.pop();
    if (top !== undefined && last !== undefined && top !== last) {
      this.#heap[0] = last;
      this.#sink(0);
    }
    return top;
  }

  #rise(index: number): void {
    let at = index;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#before(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #sink(index: number): void {
    let at = index;
    for (;;) {
      let least = at;
      if (this.#before(2 * at + 1, least)) least = 2 * at + 1;
      if (this.#before(2 * at + 2, least)) least = 2 * at + 2;
      if (least === at) return;
      this.#swap(at, least);
      at = least;
    }
  }

  #before(left: number, right: number): boolean {
    const one = this.#heap[left];
    const other = this.#heap[right];
    if (one === undefined || other === undefined) return false;
    return one.dueMs === other.dueMs ? one.order < other.order : one.dueMs < other.dueMs;
  }

  #swap(left: number, right: number): void {
    const one = this.#heap[left];
    const other = this.#heap[right];
    if (one === undefined || other === undefined) return;
    this.#heap[left] = other;
    this.#heap[right] = one;
  }
}
