import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '@millrace/kernel/clock';
import { addressKey, isLoopback } from '../model/address.ts';
import { ApiProblem } from './api-problem.ts';
import { StreamBody } from './stream-body.ts';

/** Each holds a connection and a place; more listeners than this are many people's mistakes. */
const streamsMax = 5_000;
/** Of one token, or of one address without: a page holds one or two. */
const streamsPerCallerMax = 1_000;

/** One event of a stream, by the HTML standard's "Server-sent events". `data` becomes JSON, which has no line feed. */
export function sseEvent(given: {
  readonly event?: string;
  readonly id?: string | number;
  readonly data: unknown;
}): string {
  const event = given.event === undefined ? '' : `event: ${given.event}\n`;
  const id = given.id === undefined ? '' : `id: ${given.id}\n`;
  return `${event}${id}data: ${JSON.stringify(given.data)}\n\n`;
}

const retryAfterSeconds = 60;

/** By what listeners are counted. A proxy, or nobody else, is on this machine: those are bounded as all are. */
function callerOf({ caller, ip }: FastifyRequest): string {
  if (caller !== null) return `token ${caller}`;
  return isLoopback(ip) ? '' : addressKey(ip);
}

/**
 * The event streams that are open. Each is pulled by its listener: the next text is made only when the one
 * before has gone out, and each text is one write; bytes are a text that was made for many.
 */
export class EventStreams {
  readonly #clock: Clock;
  readonly #open = new Set<AbortController>();
  readonly #callers = new Map<string, number>();
  #stopped = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get open(): number {
    return this.#open.size;
  }

  /**
   * Answers with what `write` yields, until it ends, the listener goes, or {@link stop}.
   * @throws ApiProblem `too-many-streams` 503, or 429 where they are the caller's own
   */
  send(
    reply: FastifyReply,
    write: (signal: AbortSignal) => AsyncGenerator<string | Uint8Array, void>,
  ): FastifyReply {
    if (this.#open.size >= streamsMax) {
      throw new ApiProblem(
        503,
        'too-many-streams',
        `This master has ${streamsMax} listeners, and takes no more. Come again in a moment.`,
      );
    }
    const caller = callerOf(reply.request);
    const own = this.#callers.get(caller) ?? 0;
    if (caller !== '' && own >= streamsPerCallerMax) {
      reply.header('retry-after', retryAfterSeconds);
      throw new ApiProblem(
        429,
        'too-many-streams',
        `You have ${streamsPerCallerMax} listeners at this master, and get no more. End some of them first.`,
      );
    }
    this.#callers.set(caller, own + 1);
    const stop = new AbortController();
    this.#open.add(stop);
    if (this.#stopped) stop.abort();
    reply.raw.once('close', () => {
      stop.abort();
      this.#open.delete(stop);
      const left = (this.#callers.get(caller) ?? 1) - 1;
      if (left === 0) this.#callers.delete(caller);
      else this.#callers.set(caller, left);
    });
    // It ends with its connection, and no text needs a frame of its own.
    reply.raw.useChunkedEncodingByDefault = false;
    return (
      reply
        .header('content-type', 'text/event-stream; charset=utf-8')
        .header('cache-control', 'no-cache, no-transform')
        // Proxies that hold answers back would hold them for ever.
        .header('x-accel-buffering', 'no')
        .send(new StreamBody(write(stop.signal), this.#clock))
    );
  }

  /** Ends all of them: the listeners come again with their last ids. */
  stop(): void {
    this.#stopped = true;
    for (const one of this.#open) one.abort();
  }
}
