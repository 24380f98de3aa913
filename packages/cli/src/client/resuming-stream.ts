import { backoffMs } from '@millrace/kernel/backoff';
import type { Clock } from '@millrace/kernel/clock';
import { sleep } from '@millrace/kernel/clock';
import type { Random } from '@millrace/kernel/random';
import { SseParser } from '@millrace/protocol/sse-parser';
import type { SseMessage } from '@millrace/protocol/sse-parser';
import type { ApiClient, Query } from './api-client.ts';
import { isAway } from './api-client.ts';
import { ProblemError } from './problem-error.ts';
import { UnreachableError } from './unreachable-error.ts';

/** What a reader of a stream meets, in this order: connected, messages, lost, connected, ... */
export type StreamItem =
  /** The listener stands at the master: what happens from here on will be told. */
  | { readonly kind: 'connected' }
  | { readonly kind: 'message'; readonly message: SseMessage }
  /** The stream was cut; it is opened again from the last id. */
  | { readonly kind: 'lost'; readonly error: UnreachableError };

export interface ResumingStreamOptions {
  readonly client: ApiClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly path: string;
  /** The query for a stream that goes on after `id`, or from its start. */
  readonly query: (id: string | undefined) => Query;
  /** The id to begin after. */
  readonly id?: string | undefined;
  /** How long a master that was reached may stay away before the stream gives up. */
  readonly patienceMs: number;
}

/** An hour: longer than an upgrade, shorter than a night in which nobody sees a script wait. */
export const longPatienceMs = 3_600_000;
/** A master speaks at least every 15 s; after three silences the connection is dead without saying so. */
const silenceMs = 45_000;
const reconnectBackoff = { firstMs: 100, mostMs: 5_000 };

/**
 * An event stream that outlives its connections: after each cut it goes on from the last id it has given.
 * It ends when its reader leaves it; it throws when the master says no, was never reached, or stays away
 * for longer than `patienceMs`. A cursor that the master no longer knows (410) begins anew from now.
 */
export async function* resumingStream(options: ResumingStreamOptions): AsyncGenerator<StreamItem, void> {
  const { client, clock, random } = options;
  let id = options.id;
  let attempt = 0;
  let awaySince: number | undefined;
  for (;;) {
    try {
      for await (const item of connection(options, id)) {
        attempt = 0;
        awaySince = undefined;
        if (item.kind === 'message' && item.message.id !== undefined) id = item.message.id;
        yield item;
      }
      throw new UnreachableError(client.url, new Error('the stream ended'));
    } catch (error) {
      if (error instanceof ProblemError && error.status === 410 && id !== undefined) {
        id = undefined;
        continue;
      }
      if (!isAway(error)) throw error;
      awaySince ??= clock.monotonicMs();
      if (!client.hasAnswered && attempt >= 2) throw error;
      if (clock.monotonicMs() - awaySince > options.patienceMs) throw error;
      if (client.hasAnswered && attempt === 0 && error instanceof UnreachableError)
        yield { kind: 'lost', error };
    }
    attempt += 1;
    await sleep(clock, backoffMs(reconnectBackoff, attempt, random));
  }
}

/** One connection of the stream; throws {@link UnreachableError} when it is cut. */
async function* connection(
  options: ResumingStreamOptions,
  id: string | undefined,
): AsyncGenerator<StreamItem, void> {
  const { client, clock } = options;
  const silent = new AbortController();
  const listen = () =>
    clock.after(silenceMs, () => silent.abort(new Error(`silent for ${silenceMs / 1000} s`)));
  let timer = listen();
  try {
    const response = await client.open(options.path, options.query(id), {
      headers: { accept: 'text/event-stream' },
      signal: silent.signal,
    });
    yield { kind: 'connected' };
    if (response.body === null) return;
    const parser = new SseParser();
    const decoder = new TextDecoder();
    const reader = response.body.getReader();
    try {
      for (;;) {
        const { done, value } = await reader.read().catch((cause: unknown) => {
          throw new UnreachableError(client.url, cause);
        });
        if (done) return;
        timer.cancel();
        // While the reader of this stream works, nobody listens: silence counts only while waiting.
        for (const message of parser.push(decoder.decode(value, { stream: true }))) {
          yield { kind: 'message', message };
        }
        timer = listen();
      }
    } finally {
      await reader.cancel().catch(() => undefined);
    }
  } finally {
    timer.cancel();
    silent.abort();
  }
}
