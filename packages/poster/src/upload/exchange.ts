import http from 'node:http';
import type { Duplex } from 'node:stream';
import type { Clock } from '../clock.ts';
import type { EncodedForm } from '../encode/encoded-form.ts';
import type { Meter } from '../encode/meter.ts';
import type { Pass } from '../encode/pass.ts';
import {
  beginExchange,
  stepExchange,
  type ExchangeEffect,
  type ExchangeEvent,
  type ExchangeState,
  type ExchangeStep,
} from './exchange-state.ts';
import { afterPoll, hearLastWords } from './last-words.ts';

/** One request over one connection. */
export interface ExchangeRequest {
  readonly connection: Duplex;
  readonly method: string;
  /** The request's target: a path, or a URL for a proxy. */
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly form: EncodedForm | undefined;
  readonly meter: Meter;
  readonly expects: boolean;
  readonly signal: AbortSignal | undefined;
  readonly clock: Clock;
  readonly limits: ExchangeLimits;
}

/** The exchange's bounds; `UploadOptions` tells what they mean. */
interface ExchangeLimits {
  readonly expectMs: number;
  readonly idleMs: number;
  readonly responseMs: number;
  readonly lingerMs: number;
  readonly responseBytesMax: number;
}

/** What came of an exchange. */
export type Outcome =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly headers: Headers;
      readonly body: Uint8Array;
      readonly bodyComplete: boolean;
      readonly complete: boolean;
    }
  | { readonly kind: 'failed'; readonly error: unknown; readonly resendable: boolean };

/**
 * Two blocks of this size are in use at a time: one is read while the other is written. Each costs a turn to
 * the thread that reads the file and back, which a busy machine makes long: hence not smaller.
 */
const blockBytes = 1024 * 1024;

/**
 * Makes one exchange, and closes the connection and the pass. Never throws: what went wrong is in the outcome.
 *
 * The machine in `exchange-state.ts` decides; this carries out.
 */
export function exchange(request: ExchangeRequest): Promise<Outcome> {
  return new Promise((resolve) => new Exchange(request, resolve).begin());
}

class Exchange {
  readonly #request: ExchangeRequest;
  readonly #resolve: (outcome: Outcome) => void;
  readonly #http: http.ClientRequest;
  #state: ExchangeState = { phase: 'sent' };
  #pass: Pass | undefined;
  #response: http.IncomingMessage | undefined;
  #body: Uint8Array[] = [];
  #bodyBytes = 0;
  #responseEndsMs = Infinity;
  #disarm: () => void = () => {};

  constructor(request: ExchangeRequest, resolve: (outcome: Outcome) => void) {
    this.#request = request;
    this.#resolve = resolve;
    hearLastWords(request.connection);
    // A connection that fails after its request is over has nobody else to tell.
    request.connection.on('error', () => {});
    this.#http = http.request({
      createConnection: () => request.connection,
      method: request.method,
      path: request.target,
      headers: headerList(request),
      setHost: false,
    });
  }

  begin(): void {
    this.#listen();
    const { form, expects, signal } = this.#request;
    if (signal?.aborted === true) return this.#tell({ kind: 'aborted', reason: signal.reason });
    this.#enter(beginExchange(form === undefined ? 'none' : expects ? 'when-continued' : 'at-once'));
    if (this.#state.phase === 'over') return;
    if (form === undefined) this.#http.end();
    else if (expects) this.#http.flushHeaders();
  }

  #listen(): void {
    this.#request.signal?.addEventListener('abort', this.#abort, { once: true });
    this.#http.on('continue', () => this.#tell({ kind: 'continue' }));
    this.#http.on('response', (response) => this.#hear(response));
    this.#http.on('error', (error) => this.#tell({ kind: 'lost', error }));
    this.#http.on('close', () => this.#tell({ kind: 'lost', error: undefined }));
  }

  readonly #abort = (): void => this.#tell({ kind: 'aborted', reason: this.#request.signal?.reason });

  #hear(response: http.IncomingMessage): void {
    this.#response = response;
    this.#responseEndsMs = this.#request.clock.now() + this.#request.limits.responseMs;
    this.#tell({ kind: 'head' });
    response.on('data', (chunk: Uint8Array) => {
      if (this.#bodyBytes + chunk.length > this.#request.limits.responseBytesMax) {
        return this.#tell({ kind: 'answer-too-large' });
      }
      this.#body.push(chunk);
      this.#bodyBytes += chunk.length;
      this.#tell({ kind: 'answer-moved' });
    });
    response.on('end', () => this.#tell({ kind: 'answer-ended' }));
    response.on('error', (error) => this.#tell({ kind: 'lost', error }));
  }

  #tell(event: ExchangeEvent): void {
    if (this.#state.phase !== 'over') this.#enter(stepExchange(this.#state, event));
  }

  #enter(step: ExchangeStep): void {
    this.#state = step.state;
    for (const effect of step.effects) {
      this.#perform(effect);
      // Carrying out an effect may have told the machine something: then the rest of these is out of date.
      if (this.#state !== step.state) return;
    }
    if (step.state.phase === 'over') void this.#finish();
  }

  #perform(effect: ExchangeEffect): void {
    switch (effect.kind) {
      case 'send-body':
        void this.#sendBody();
        return;
      case 'stop-body':
        void this.#closePass();
        return;
      case 'arm':
        this.#arm(effect.limit);
    }
  }

  #arm(limit: 'expect' | 'idle' | 'response' | 'linger'): void {
    const { clock, limits } = this.#request;
    const leftMs = Math.max(0, this.#responseEndsMs - clock.now());
    const delayMs = Math.min(limits[`${limit}Ms`], leftMs);
    this.#disarm();
    this.#disarm = clock.after(delayMs, () => this.#tell({ kind: 'deadline' }));
  }

  /** Writes the body block by block until it is sent, a source or write fails, or the machine moved on. */
  async #sendBody(): Promise<void> {
    const { form, meter } = this.#request;
    if (form === undefined) return;
    try {
      const pass = (this.#pass = form.beginPass());
      const size = Math.min(blockBytes, form.contentLength ?? blockBytes);
      let [buffer, spare] = [new Uint8Array(size), new Uint8Array(size)];
      let next = pass.pull(buffer);
      let handedBytes = 0;
      for (;;) {
        const block = await next;
        if (!this.#sending) return;
        if (block === undefined) break;
        next = pass.pull(spare);
        next.catch(() => {});
        [buffer, spare] = [spare, buffer];
        // What the server said meanwhile is heard before more is written.
        await new Promise<void>((resolve) => afterPoll(resolve));
        if (!this.#sending) return;
        handedBytes += block.bytes.length;
        const last = handedBytes === form.contentLength;
        const written = this.#write(block.bytes);
        if (last) this.#tell({ kind: 'handed' });
        if (!(await written)) return;
        meter.count(block);
        this.#tell({ kind: 'moved' });
        if (last) break;
      }
      this.#tell({ kind: 'handed' });
      this.#http.end(() => this.#tell({ kind: 'body-sent' }));
    } catch (error) {
      this.#tell({ kind: 'source-failed', error });
    }
  }

  get #sending(): boolean {
    return this.#state.phase === 'sending';
  }

  /** Whether the connection took the bytes. A server that does not read makes this wait, at the cost of one block. */
  #write(bytes: Uint8Array): Promise<boolean> {
    return new Promise((resolve) => {
      this.#http.write(bytes, (error) => {
        if (error) this.#tell({ kind: 'write-failed', error });
        resolve(!error);
      });
    });
  }

  async #closePass(): Promise<void> {
    // A file that cannot be closed was read all the same.
    await this.#pass?.close().catch(() => {});
  }

  async #finish(): Promise<void> {
    this.#disarm();
    this.#request.signal?.removeEventListener('abort', this.#abort);
    this.#http.destroy();
    await Promise.all([this.#closePass(), closed(this.#request.connection)]);
    this.#resolve(this.#outcome());
  }

  #outcome(): Outcome {
    if (this.#state.phase !== 'over') throw new Error('an exchange that goes on has no outcome');
    const { ending } = this.#state;
    if (ending.kind === 'failed') return ending;
    return {
      kind: 'answered',
      status: this.#response?.statusCode ?? 0,
      headers: headersOf(this.#response?.rawHeaders ?? []),
      body: Buffer.concat(this.#body),
      bodyComplete: ending.bodyComplete,
      complete: ending.complete,
    };
  }
}

function headerList({ headers, form, expects }: ExchangeRequest): string[] {
  const pairs = [...headers, ...Object.entries(form?.headers ?? {})];
  if (form !== undefined && form.contentLength === undefined) pairs.push(['Transfer-Encoding', 'chunked']);
  if (expects) pairs.push(['Expect', '100-continue']);
  return [...pairs, ['Connection', 'close'] as const].flat();
}

function headersOf(raw: readonly string[]): Headers {
  const headers = new Headers();
  for (let at = 0; at + 1 < raw.length; at += 2) headers.append(raw[at] ?? '', raw[at + 1] ?? '');
  return headers;
}

function closed(connection: Duplex): Promise<void> {
  connection.destroy();
  if (connection.closed) return Promise.resolve();
  return new Promise((resolve) => connection.once('close', () => resolve()));
}
