import type { Holding, Room } from '@millrace/protocol/agent/messages';
import type { Position } from '@millrace/protocol/journal/record';
import type { HelloAnswer, HelloInput, WorkerSession } from '../store/operations/workers.ts';

/** The part of the store that agents' connections need. Each call answers after its commit. */
export interface AgentStore {
  hello(input: HelloInput): Promise<HelloAnswer>;
  apply(input: ApplyInput): Promise<ApplyAnswer>;
  heard(heard: readonly WorkerSession[]): Promise<void>;
  gone(session: WorkerSession): Promise<void>;
  room(input: WorkerSession & { readonly room: Room }): Promise<void>;
  /** The worker could not begin the build. */
  refused(input: WorkerSession & Holding & { readonly message: string }): Promise<void>;
  /** The worker's journal is shorter than what has been applied of it. */
  forked(input: WorkerSession & Holding & { readonly message: string }): Promise<void>;
}

export interface ApplyInput extends WorkerSession, Holding {
  /** Where in the journal the records stand. */
  readonly byte: number;
  /** Whole records, owned by the store from here on. */
  readonly records: Uint8Array;
}

export type ApplyAnswer =
  /** `ended`: the build's last record is among what is committed. */
  | { readonly kind: 'applied'; readonly position: Position; readonly ended: boolean }
  | { readonly kind: 'wanted'; readonly position: Position }
  | { readonly kind: 'fenced'; readonly message: string }
  /** These bytes are no records: the connection garbled them, or the peer is none of ours. */
  | { readonly kind: 'malformed'; readonly message: string }
  /** A newer session speaks for the worker, perhaps by another master: it is not for this one to answer. */
  | { readonly kind: 'replaced' };
