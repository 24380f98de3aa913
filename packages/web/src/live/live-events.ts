import type { MillraceEvent } from '@millrace/protocol/event';
import { ApiError } from '../api/call.ts';
import { readStream } from '../api/sse.ts';
import { afterHidden, untilSeen } from './attention.ts';
import { clock, sleep } from '../time/clock.ts';

export type Connection =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  /** Since when, and what was said. */
  | { readonly kind: 'lost'; readonly since: number; readonly message: string };

export interface LiveEventsOptions {
  readonly onEvent: (event: MillraceEvent) => void;
  /** What is held may be older than the events that follow: ask for all of it again. */
  readonly onAnew: () => void;
}

/** A hidden page listens so long, then pauses so long. */
const hiddenLookMs = 3_000;
const hiddenPauseMs = 20_000;
const firstWaitMs = 500;
const mostWaitMs = 4_000;

/** Reads the master's events for as long as the page is open, and goes on from its cursor after each cut. */
export class LiveEvents {
  readonly #options: LiveEventsOptions;
  readonly #listeners = new Set<() => void>();
  #connection: Connection = { kind: 'connecting' };
  #cursor: string | undefined;

  constructor(options: LiveEventsOptions) {
    this.#options = options;
  }

  readonly connection = (): Connection => this.#connection;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  async run(signal: AbortSignal): Promise<void> {
    let waitMs = firstWaitMs;
    while (!signal.aborted) {
      const rest = new AbortController();
      const stopWatching = afterHidden(hiddenLookMs, () => rest.abort());
      try {
        const either = AbortSignal.any([signal, rest.signal]);
        for await (const message of readStream('/events', { after: this.#cursor }, either)) {
          waitMs = firstWaitMs;
          const anew = this.#cursor === undefined;
          if (message.id !== undefined) this.#cursor = message.id;
          if (this.#connection.kind !== 'live') {
            this.#become({ kind: 'live' });
            if (anew) this.#options.onAnew();
          }
          if (message.event === 'message') this.#options.onEvent(JSON.parse(message.data) as MillraceEvent);
        }
        this.#lost('The master closed the connection.');
      } catch (error) {
        if (signal.aborted) return;
        if (rest.signal.aborted) {
          await untilSeen(hiddenPauseMs, signal);
          continue;
        }
        if (error instanceof ApiError && error.status === 410) this.#cursor = undefined;
        this.#lost(error instanceof Error ? error.message : String(error));
      } finally {
        stopWatching();
      }
      await sleep(waitMs, signal);
      waitMs = Math.min(mostWaitMs, waitMs * 2);
    }
  }

  #lost(message: string): void {
    const since = this.#connection.kind === 'lost' ? this.#connection.since : clock.now();
    this.#become({ kind: 'lost', since, message });
  }

  #become(connection: Connection): void {
    this.#connection = connection;
    for (const listener of this.#listeners) listener();
  }
}
