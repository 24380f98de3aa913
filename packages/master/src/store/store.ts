import type { BytesPlace, Operation, Signal, SignalWants } from './operation.ts';
import type { WorkDone } from './work-done.ts';

/**
 * The record of everything, and the only truth. {@link Store.do} answers after the commit; an operation
 * that threw has changed nothing. Bytes in an input are the store's from then on: they may be handed over to
 * another thread, and the caller's view of them is empty then.
 */
export interface Store {
  /** The identity of this store's history: part of every cursor, new after a restore. */
  readonly epoch: string;
  /** What it wrote for whom; absent where nobody counts. */
  readonly work?: Pick<WorkDone, 'figures'> | undefined;
  do<Input, Answer>(operation: Operation<Input, Answer>, input: Input): Promise<Answer>;
  /** Bytes that an operation kept. @throws MillraceError `bytes-missing` when they have been expired. */
  read(place: BytesPlace, length: number): Promise<Uint8Array>;
  /** Called after each commit with its signals, doubles removed. Returns the way to stop. */
  onSignal(listen: (signal: Signal) => void, wants?: SignalWants): () => void;
  close(): Promise<void>;
}
