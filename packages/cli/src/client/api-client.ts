import type { Clock } from '@millrace/kernel/clock';
import { sleep } from '@millrace/kernel/clock';
import { backoffMs } from '@millrace/kernel/backoff';
import { randomId } from '@millrace/kernel/ids';
import type { Random } from '@millrace/kernel/random';
import type { Problem } from '@millrace/protocol/api/common';
import { ProblemError } from './problem-error.ts';
import { UnreachableError } from './unreachable-error.ts';
import { UsageError } from './usage-error.ts';

export interface ApiClientOptions {
  /** Where the master is, without `/api/v1`. */
  readonly url: string;
  readonly token: string | undefined;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly random: Random;
}

/** Values of a query; absent ones are left out. */
export type Query = Readonly<Record<string, string | number | undefined>>;

export interface CallOptions {
  /** How long a master that cannot be reached is tried again. */
  readonly patienceMs: number;
}

/** For a question of a person at a terminal: a moment, in which a master that restarts comes back. */
export const shortPatienceMs = 1_000;
const retryBackoff = { firstMs: 200, mostMs: 5_000 };
/** A master that took a call and says nothing for so long is as good as away. */
const answerMs = 60_000;

/**
 * The API of one master. Answers are taken for what the protocol says; an error is a {@link ProblemError}
 * or an {@link UnreachableError}. A POST carries an idempotency key that stays the same over its tries, so
 * that one whose answer was lost is not done twice.
 */
export class ApiClient {
  readonly url: string;
  readonly #token: string | undefined;
  readonly #fetch: typeof fetch;
  readonly #clock: Clock;
  readonly #random: Random;
  #hasAnswered = false;

  constructor(options: ApiClientOptions) {
    this.url = options.url.replace(/\/+$/u, '');
    this.#token = options.token;
    this.#fetch = options.fetch;
    this.#clock = options.clock;
    this.#random = options.random;
    if (!/^https?:\/\//u.test(this.url) || !URL.canParse(this.url)) {
      throw new UsageError(`MILLRACE_URL is "${options.url}"; it must be like http://127.0.0.1:8010.`);
    }
    // Else what refuses it would print it.
    if (options.token !== undefined && !/^[\x21-\x7e]+$/u.test(options.token)) {
      throw new UsageError('MILLRACE_TOKEN has spaces, line feeds or other characters that no token has.');
    }
  }

  /** A master was there: one that now is not has gone away, and may come back. */
  get hasAnswered(): boolean {
    return this.#hasAnswered;
  }

  async get<Answer>(path: string, query: Query = {}, options?: CallOptions): Promise<Answer> {
    return this.#answered(path, query, { method: 'GET', headers: { accept: 'application/json' } }, options);
  }

  async post<Answer>(path: string, body: unknown, options?: CallOptions): Promise<Answer> {
    const headers = {
      'content-type': 'application/json',
      'idempotency-key': randomId(this.#random),
    };
    return this.#answered(path, {}, { method: 'POST', headers, body: JSON.stringify(body) }, options);
  }

  /**
   * Begins a call whose answer is read as it comes. One try: who reads a stream knows how to go on.
   * Resolves with the headers of a 2xx.
   */
  async open(path: string, query: Query = {}, init: RequestInit = {}): Promise<Response> {
    const response = await this.#send(path, query, init);
    this.#hasAnswered = true;
    if (!response.ok) throw new ProblemError(response.status, await problemIn(response), this.url);
    return response;
  }

  async #answered<Answer>(
    path: string,
    query: Query,
    init: RequestInit,
    options?: CallOptions,
  ): Promise<Answer> {
    const startedAt = this.#clock.monotonicMs();
    const patienceMs = options?.patienceMs ?? shortPatienceMs;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#once(path, query, init);
      } catch (error) {
        const waitMs = backoffMs(retryBackoff, attempt, this.#random);
        if (!isAway(error) || this.#clock.monotonicMs() - startedAt + waitMs > patienceMs) throw error;
        await sleep(this.#clock, waitMs);
      }
    }
  }

  async #once<Answer>(path: string, query: Query, init: RequestInit): Promise<Answer> {
    const late = new AbortController();
    const timer = this.#clock.after(answerMs, () =>
      late.abort(new Error(`no answer for ${answerMs / 1000} s`)),
    );
    try {
      const response = await this.open(path, query, { ...init, signal: late.signal });
      const text = await response.text().catch((cause: unknown) => {
        throw new UnreachableError(this.url, cause);
      });
      return answerIn(text, response.status, this.url) as Answer;
    } finally {
      timer.cancel();
    }
  }

  async #send(path: string, query: Query, init: RequestInit): Promise<Response> {
    const url = new URL(`${this.url}/api/v1${path}`);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    const headers = new Headers(init.headers);
    if (this.#token !== undefined) headers.set('authorization', `Bearer ${this.#token}`);
    try {
      return await this.#fetch(url, { ...init, headers });
    } catch (cause) {
      throw new UnreachableError(this.url, cause);
    }
  }
}

/** Nobody there, or somebody who cannot answer now: the same call may succeed a moment later. */
export function isAway(error: unknown): boolean {
  return (
    error instanceof UnreachableError ||
    (error instanceof ProblemError && [502, 503, 504].includes(error.status))
  );
}

async function problemIn(response: Response): Promise<Partial<Problem>> {
  return objectIn(await response.text().catch(() => '')) ?? {};
}

/** The object in a JSON text, or undefined where there is none. */
function objectIn(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function answerIn(text: string, status: number, url: string): object {
  const answer = objectIn(text);
  if (answer === undefined) throw new ProblemError(status, {}, url);
  return answer;
}
