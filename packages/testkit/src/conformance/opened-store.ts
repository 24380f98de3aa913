import type { Store } from '@millrace/master/store/store';

/** A store that is empty, and a way to let its clock go on. */
export interface OpenedStore {
  readonly store: Store;
  /** Another master's handle on the same store; the same handle where a store has one process. */
  readonly second: Store;
  advance(ms: number): Promise<void>;
}
