import { clock } from '../time/clock.ts';

export interface Toast {
  readonly id: number;
  readonly text: string;
  /** With it, the toast is a wait that can be taken back until it is over. */
  readonly undo?: () => void;
  readonly undoMs?: number;
  /** A request to follow: the toast says what became of it. */
  readonly request?: number;
  readonly bad?: boolean;
}

const plainMs = 6_000;
const toastsMax = 4;

/** What has just been done, at the edge of the page: the newest last, four at most. */
class Toasts {
  #all: readonly Toast[] = [];
  #nextId = 1;
  readonly #listeners = new Set<() => void>();

  readonly all = (): readonly Toast[] => this.#all;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Shows a toast, which goes by itself after some seconds, and returns its id. */
  show(toast: Omit<Toast, 'id'>, ms = plainMs): number {
    const id = this.#nextId++;
    this.#become([...this.#all, { ...toast, id }].slice(-toastsMax));
    clock.after(ms, () => this.remove(id));
    return id;
  }

  remove(id: number): void {
    if (this.#all.some((toast) => toast.id === id))
      this.#become(this.#all.filter((toast) => toast.id !== id));
  }

  #become(all: readonly Toast[]): void {
    this.#all = all;
    for (const listener of this.#listeners) listener();
  }
}

export const toasts = new Toasts();
