import type pg from 'pg';
import { unreachable } from '@millrace/kernel/assert';
import { backoffMs } from '@millrace/kernel/backoff';
import { sleep } from '@millrace/kernel/clock';
import type { Clock } from '@millrace/kernel/clock';
import { MillraceError } from '@millrace/kernel/errors';
import type { Random } from '@millrace/kernel/random';
import type { BytesPlace, Effect, Operation, Signal, Transaction } from '../operation.ts';
import { ParsedPlans } from '../parsed-plans.ts';
import type { SignalListeners } from '../signal-listeners.ts';
import { bytesIn } from '../sqlite/bytes-in.ts';
import type { Store } from '../store.ts';
import { WorkDone } from '../work-done.ts';
import { BytesBatch, KeptNumbers } from './bytes-batch.ts';
import { isUnreachable, mayBeRunAgain, tellDatabaseError } from './database-errors.ts';
import type { DatabaseClock } from './database-clock.ts';
import type { Placeholders } from './placeholders.ts';

export interface PostgresStoreParts {
  readonly epoch: string;
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly databaseClock: Pick<DatabaseClock, 'now'>;
  readonly random: Random;
  readonly texts: Placeholders;
  /** Tells other masters. */
  readonly send: (signals: readonly Signal[]) => void;
  readonly listeners: SignalListeners;
  /** Ends what was started beside the pool. */
  readonly end: () => Promise<void>;
}

/** An operation that collides this often is not just unlucky. */
const attemptsMax = 10;
const backoff = { firstMs: 5, mostMs: 500 };

/**
 * The store on PostgreSQL, for several masters: an operation is a transaction on a pooled connection. It runs `read
 * committed`: operations lock the rows that they decide by, and see after the lock what others have committed. A
 * query runs `repeatable read`, so that all its statements see one moment.
 */
export class PostgresStore implements Store {
  readonly epoch: string;
  readonly work = new WorkDone();
  readonly #parts: PostgresStoreParts;
  readonly #plans = new ParsedPlans();
  readonly #numbers = new KeptNumbers();
  #closed = false;

  constructor(parts: PostgresStoreParts) {
    this.epoch = parts.epoch;
    this.#parts = parts;
  }

  async do<Input, Answer>(operation: Operation<Input, Answer>, input: Input): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      if (this.#closed) throw new MillraceError('store-closed', 'The store has been closed.');
      try {
        const { answer, signals } = await this.#inTransaction(operation, input);
        if (!operation.readOnly) this.work.committed([{ name: operation.name, bytes: bytesIn(input) }], 0);
        if (signals.length > 0) {
          this.#parts.listeners.tell(signals);
          this.#parts.send(signals);
        }
        return answer;
      } catch (error) {
        if (!mayBeRunAgain(error) || attempt >= attemptsMax) throw tellDatabaseError(error);
        await sleep(this.#parts.clock, backoffMs(backoff, attempt, this.#parts.random));
      }
    }
  }

  async read(place: BytesPlace, length: number): Promise<Uint8Array> {
    const found = await this.#parts.pool
      .query<{ data: Buffer }>(
        'select substring(data from $2 for $3) as data from kept_bytes where id = $1',
        [place.segment, place.offset + 1, length],
      )
      .catch((error: unknown) => {
        throw tellDatabaseError(error);
      });
    const data = found.rows[0]?.data;
    if (data?.length !== length) throw bytesMissing(place);
    return data;
  }

  onSignal(listen: (signal: Signal) => void): () => void {
    return this.#parts.listeners.add(listen);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#parts.listeners.clear();
    await this.#parts.end();
    await this.#parts.pool.end();
  }

  async #inTransaction<Input, Answer>(
    operation: Operation<Input, Answer>,
    input: Input,
  ): Promise<{ readonly answer: Answer; readonly signals: readonly Signal[] }> {
    const client = await this.#parts.pool.connect();
    let broken: Error | undefined;
    const noteBroken = (error: Error): void => {
      broken = error;
    };
    client.on('error', noteBroken);
    try {
      await client.query(
        operation.readOnly
          ? 'begin transaction isolation level repeatable read read only'
          : 'begin transaction isolation level read committed',
      );
      const done = await this.#drive(client, operation, input);
      await client.query('commit');
      return done;
    } catch (error) {
      if (isUnreachable(error)) broken ??= error instanceof Error ? error : new Error(String(error));
      else await client.query('rollback').catch(noteBroken);
      throw error;
    } finally {
      client.off('error', noteBroken);
      client.release(broken);
    }
  }

  async #drive<Input, Answer>(
    client: pg.PoolClient,
    operation: Operation<Input, Answer>,
    input: Input,
  ): Promise<{ readonly answer: Answer; readonly signals: readonly Signal[] }> {
    const tx: Transaction = {
      now: this.#parts.databaseClock.now(),
      dialect: 'postgres',
      plans: this.#plans,
    };
    const signals = new Map<string, Signal>();
    const bytes = new BytesBatch(
      async (sql, params) => (await this.#query(client, sql, params)).rows,
      this.#numbers,
    );
    const work = operation.run(tx, input);
    let step = work.next();
    while (!step.done) {
      const effect = step.value;
      const told = signalOf(effect);
      if (told) signals.set(JSON.stringify(told), told);
      step = work.next(effect.kind === 'signal' ? undefined : await this.#effect(client, bytes, effect));
    }
    await bytes.flush();
    return { answer: step.value, signals: [...signals.values()] };
  }

  async #effect(
    client: pg.PoolClient,
    bytes: BytesBatch,
    effect: Exclude<Effect, { kind: 'signal' }>,
  ): Promise<unknown> {
    switch (effect.kind) {
      case 'rows':
        return (await this.#query(client, effect.sql, effect.params, effect.asArrays)).rows;
      case 'emit':
      case 'run':
        return (await this.#query(client, effect.sql, effect.params)).rowCount ?? 0;
      case 'insert': {
        // A list of values is inserted, and told, in its order.
        const inserted = await this.#query(client, `${effect.sql} returning id`, effect.params);
        return inserted.rows.map(({ id }) => id);
      }
      case 'keep':
        return bytes.keep(effect.bytes);
      case 'drop':
        // Bytes are rows here, which the operation deletes itself.
        return undefined;
      default:
        return unreachable(effect);
    }
  }

  #query(
    client: pg.PoolClient,
    sql: string,
    params: readonly unknown[],
    asArrays = false,
  ): Promise<pg.QueryResult<{ readonly id: number }>> {
    const { name, text } = this.#parts.texts.get(sql);
    const rowMode = asArrays && { rowMode: 'array' };
    return client.query({ ...(name !== undefined && { name }), text, values: [...params], ...rowMode });
  }
}

function signalOf(effect: Effect): Signal | undefined {
  if (effect.kind === 'emit') return { topic: 'events' };
  return effect.kind === 'signal' ? effect.signal : undefined;
}

function bytesMissing(place: BytesPlace): MillraceError<'bytes-missing'> {
  return new MillraceError(
    'bytes-missing',
    `The kept bytes ${place.segment} are gone: they have been expired.`,
  );
}
