/*
 * A store operation is one unit of work: it either happens whole, or not at all, and it is answered after
 * its commit. It is written once, as a generator that yields what it wants done and is handed what came of
 * it. A driver decides how: SQLite runs it to its end without a pause, in the store's own thread or in
 * place; PostgreSQL awaits each effect on a pooled connection; the simulator crashes between them.
 *
 * An operation touches nothing but what it yields: no clock, no randomness, no I/O of its own. Its time is
 * `tx.now`, the store's. Its input and output can be cloned between threads.
 */

import { assert } from '@millrace/kernel/assert';
import type { ParsedPlans } from './parsed-plans.ts';

export type SqlValue = string | number | null | Uint8Array;

export type Effect =
  | {
      readonly kind: 'rows';
      readonly sql: string;
      readonly params: readonly SqlValue[];
      /** Each row an array of its columns, in their order, instead of an object: see {@link tuples}. */
      readonly asArrays?: boolean;
    }
  | { readonly kind: 'run'; readonly sql: string; readonly params: readonly SqlValue[] }
  /** One `insert` of so many rows into a table whose ids the store gives out. Handed back: their ids, in their order. */
  | {
      readonly kind: 'insert';
      readonly sql: string;
      readonly params: readonly SqlValue[];
      readonly rows: number;
    }
  /** One `insert` of so many events. Whoever listens for events is told after the commit. */
  | {
      readonly kind: 'emit';
      readonly sql: string;
      readonly params: readonly SqlValue[];
      readonly rows: number;
    }
  /** Keep these bytes; they are durable when the operation is. Handed back: {@link BytesPlace}. */
  | { readonly kind: 'keep'; readonly bytes: Uint8Array }
  /** Nobody points at these bytes any more: their room is given back after the commit (SQLite's segments). */
  | { readonly kind: 'drop'; readonly segment: number }
  /** Tell this to whoever listens, after the commit. */
  | { readonly kind: 'signal'; readonly signal: Signal };

/** Where kept bytes lie: in a segment file (SQLite) or a table of blobs (PostgreSQL, `segment` is its id and `offset` 0). */
export interface BytesPlace {
  readonly segment: number;
  readonly offset: number;
}

/**
 * What woke: only a hint to look at the store, never the fact itself. On PostgreSQL it reaches the other
 * masters too, and it may be lost: who waits for one looks again from time to time.
 */
export type Signal =
  /** There are new events; `fresh` are all of that commit, where the store had them at hand and somebody asked for them. */
  | { readonly topic: 'events'; readonly fresh?: FreshEvents }
  | { readonly topic: 'changes' }
  /** Somebody wants a repository to be looked at. */
  | { readonly topic: 'polls' }
  /** A request waits, or may go now. */
  | { readonly topic: 'requests' }
  /** A slot is free, or a worker came. */
  | { readonly topic: 'slots' }
  /** A log has more, or has ended. */
  | { readonly topic: 'log'; readonly log: number }
  /** Somebody wants this build cancelled: whoever holds its worker's connection tells it. */
  | { readonly topic: 'cancel'; readonly build: number };

/**
 * All events of one commit, whose numbers follow each other: SQLite's only, which has one writer. Packed as one text:
 * it goes from thread to thread in one piece, and is taken apart (`operations/fresh-events.ts`) only by who needs it.
 */
export interface FreshEvents {
  /** The number of the first. */
  readonly first: number;
  readonly count: number;
  /** JSON: one array of the columns of each, as they were inserted, one event after the other. */
  readonly columns: string;
}

/** What who listens for signals would be handed with them. */
export interface SignalWants {
  /** New events themselves: {@link FreshEvents}. */
  readonly events: boolean;
}

export type Dialect = 'sqlite' | 'postgres';

export interface Transaction {
  /** The store's clock, milliseconds since 1970; the same for the whole operation. */
  readonly now: number;
  readonly dialect: Dialect;
  /** The driver's own: what an operation finds there it could as well have read. */
  readonly plans: ParsedPlans;
}

/** The body of an operation: yields effects, is handed their outcome, returns the answer. */
export type Work<Answer> = Generator<Effect, Answer, unknown>;

export interface Operation<Input, Answer> {
  readonly name: string;
  /** Changes nothing: it may run outside the queue of writes. */
  readonly readOnly: boolean;
  /** For how many somebodies its answer lets go on, who bring nothing more until then: 1 of most. */
  readonly weight: (input: Input) => number;
  readonly run: (tx: Transaction, input: Input) => Work<Answer>;
}

/** Names are `aggregate.act`, and unique. */
export function operation<Input, Answer>(
  name: string,
  run: (tx: Transaction, input: Input) => Work<Answer>,
): Operation<Input, Answer> {
  return { name, readOnly: false, weight: () => 1, run };
}

/** As {@link operation}, for one that does the work of many. */
export function weighedOperation<Input, Answer>(
  name: string,
  run: (tx: Transaction, input: Input) => Work<Answer>,
  weight: (input: Input) => number,
): Operation<Input, Answer> {
  return { name, readOnly: false, weight, run };
}

export function query<Input, Answer>(
  name: string,
  run: (tx: Transaction, input: Input) => Work<Answer>,
): Operation<Input, Answer> {
  return { name, readOnly: true, weight: () => 1, run };
}

/** All rows of a prepared text with `?` for each parameter. The text is constant: it is prepared once. */
export function* rows<Row>(sql: string, ...params: readonly SqlValue[]): Work<readonly Row[]> {
  return (yield { kind: 'rows', sql, params }) as readonly Row[];
}

export function* row<Row>(sql: string, ...params: readonly SqlValue[]): Work<Row | undefined> {
  const found = (yield { kind: 'rows', sql, params }) as readonly Row[];
  return found[0];
}

/**
 * As {@link rows}, each row an array of its columns: for long lists. Of 4,762 rows of 20 columns SQLite's driver made
 * arrays in 8 ms and objects in 12, and its objects are slow to read besides.
 */
export function* tuples<Tuple extends readonly SqlValue[]>(
  sql: string,
  ...params: readonly SqlValue[]
): Work<readonly Tuple[]> {
  return (yield { kind: 'rows', sql, params, asArrays: true }) as readonly Tuple[];
}

/** How many rows it changed. */
export function* run(sql: string, ...params: readonly SqlValue[]): Work<number> {
  return (yield { kind: 'run', sql, params }) as number;
}

/** As {@link run}, with parameters that are in a list already: hundreds of them are not copied. */
export function* runWith(sql: string, params: readonly SqlValue[]): Work<number> {
  return (yield { kind: 'run', sql, params }) as number;
}

/**
 * The id of a row that it inserts into a table whose ids the store gives out. (With `returning`, SQLite fills a table of
 * its own for it: 4.5 us an insert where this takes 1.7.)
 */
export function* insert(sql: string, ...params: readonly SqlValue[]): Work<number> {
  const [id] = yield* insertMany(sql, 1, params);
  assert(id !== undefined, 'a row has an id');
  return id;
}

/** As {@link insert}, for a text that inserts so many rows, all of them or none: an id for each, in their order. */
export function* insertMany(
  sql: string,
  count: number,
  params: readonly SqlValue[],
): Work<readonly number[]> {
  return (yield { kind: 'insert', sql, params, rows: count }) as readonly number[];
}

/** Inserts so many events: see `operations/emit.ts`. */
export function* insertEvents(sql: string, count: number, params: readonly SqlValue[]): Work<void> {
  yield { kind: 'emit', sql, params, rows: count };
}

export function* keep(bytes: Uint8Array): Work<BytesPlace> {
  return (yield { kind: 'keep', bytes }) as BytesPlace;
}

export function* signal(what: Signal): Work<void> {
  yield { kind: 'signal', signal: what };
}
