import type pg from 'pg';
import { backoffMs } from '@millrace/kernel/backoff';
import { sleep } from '@millrace/kernel/clock';
import type { Clock } from '@millrace/kernel/clock';
import type { Random } from '@millrace/kernel/random';
import type { Signal } from '../operation.ts';

export interface SignalChannelParts {
  readonly clock: Clock;
  readonly random: Random;
  /** Names this master among those who notify. */
  readonly sender: string;
  readonly connect: () => Promise<pg.Client>;
  readonly onSignals: (signals: readonly Signal[]) => void;
}

const channel = 'millrace';
/** PostgreSQL takes less than 8000 bytes. */
const payloadBytesMax = 7_000;
/** More signals than this wait for a connection: the rest is lost, as signals may be. */
const waitingMax = 10_000;
const backoff = { firstMs: 100, mostMs: 10_000 };
/** After a time without a connection, everything may have happened. */
const everything: readonly Signal[] = [
  { topic: 'events' },
  { topic: 'changes' },
  { topic: 'polls' },
  { topic: 'requests' },
  { topic: 'slots' },
];

/**
 * Signals between masters, by LISTEN and NOTIFY on a connection of their own. They are sent after their commit and not in it:
 * a NOTIFY in a transaction takes a lock that all commits of the database wait for. One may be lost, as a signal may.
 */
export class SignalChannel {
  readonly #parts: SignalChannelParts;
  readonly #stop = new AbortController();
  #client: pg.Client | undefined;
  #running: Promise<void> = Promise.resolve();
  #waiting: Signal[] = [];
  #sending = false;

  constructor(parts: SignalChannelParts) {
    this.#parts = parts;
  }

  /** Resolves when the channel listens for the first time. */
  async start(): Promise<void> {
    const client = await this.#listen();
    this.#running = this.#run(client);
  }

  send(signals: readonly Signal[]): void {
    if (this.#waiting.length < waitingMax) this.#waiting.push(...signals);
    if (!this.#sending) void this.#sendAll();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#client?.end().catch(() => undefined);
    await this.#running;
  }

  /** Until closed: waits for the connection to break, and makes another. */
  async #run(first: Listening): Promise<void> {
    let listening = first;
    let attempt = 0;
    while (!this.#stop.signal.aborted) {
      await listening.ended;
      this.#client = undefined;
      while (!this.#stop.signal.aborted) {
        await sleep(this.#parts.clock, backoffMs(backoff, ++attempt, this.#parts.random), this.#stop.signal);
        if (this.#stop.signal.aborted) return;
        try {
          listening = await this.#listen();
          attempt = 0;
          this.#parts.onSignals(everything);
          break;
        } catch {
          // The next attempt comes later. Operations tell their own callers that the database is away.
        }
      }
    }
  }

  async #listen(): Promise<Listening> {
    const client = await this.#parts.connect();
    const ended = new Promise<void>((resolve) => {
      client.once('end', resolve);
    });
    client.on('error', () => void client.end().catch(() => undefined));
    client.on('notification', ({ payload }) => this.#hear(payload));
    await client.query(`listen ${channel}`);
    this.#client = client;
    return { ended };
  }

  #hear(payload: string | undefined): void {
    const { sender, signals } = JSON.parse(payload ?? '{}') as {
      sender?: string;
      signals?: readonly Signal[];
    };
    if (signals && sender !== this.#parts.sender) this.#parts.onSignals(signals);
  }

  /** What came while the last was sent goes together, each once. */
  async #sendAll(): Promise<void> {
    this.#sending = true;
    while (this.#waiting.length > 0 && this.#client) {
      const texts = new Set(this.#waiting.map((signal) => JSON.stringify(signal)));
      this.#waiting = [];
      for (const part of parts([...texts])) {
        const payload = `{"sender":${JSON.stringify(this.#parts.sender)},"signals":[${part.join(',')}]}`;
        await this.#client?.query('select pg_notify($1, $2)', [channel, payload]).catch(() => undefined);
      }
    }
    this.#sending = false;
  }
}

interface Listening {
  /** Resolves when the connection is no more. */
  readonly ended: Promise<void>;
}

function parts(texts: readonly string[]): readonly string[][] {
  const all: string[][] = [[]];
  let bytes = 0;
  for (const text of texts) {
    if (bytes + text.length > payloadBytesMax) {
      all.push([]);
      bytes = 0;
    }
    all.at(-1)?.push(text);
    bytes += text.length + 1;
  }
  return all;
}
