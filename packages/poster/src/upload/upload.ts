import { EncodedForm } from '../encode/encoded-form.ts';
import type { Meter } from '../encode/meter.ts';
import { multipartEncode } from '../encode/multipart-encode.ts';
import type { Params } from '../encode/multipart-param.ts';
import { PosterError } from '../errors.ts';
import { NotReplayableError } from '../source/not-replayable-error.ts';
import { basicCredentials, parseHttpUrl } from './address.ts';
import { connect } from './connect.ts';
import { decideNext, type Next, type Trail } from './decide-next.ts';
import { exchange, type Outcome } from './exchange.ts';
import { parseUploadOptions, type UploadOptions, type UploadSettings } from './upload-options.ts';
import { UploadResponse } from './upload-response.ts';

/**
 * Sends a form and gives the server's answer, of whatever status.
 *
 * A server that answers before it has read the form is heard: sending stops and the answer is delivered with
 * `complete: false`. New credentials, a 307 or 308, and (with `retry`) a lost connection send the form again
 * from its start; `NotReplayableError` says that a stream in it was already read.
 *
 * Throws a `PosterError`, the signal's reason, or what a callback threw. Whatever happens, every file, stream
 * and connection is closed when the promise settles.
 */
export async function upload(
  url: string | URL,
  paramsOrEncoded: Params | EncodedForm,
  options: UploadOptions = {},
): Promise<UploadResponse> {
  const form = paramsOrEncoded instanceof EncodedForm ? paramsOrEncoded : multipartEncode(paramsOrEncoded);
  try {
    return await new Upload(form, parseUploadOptions(options), parseUrl(url)).run();
  } finally {
    form.discard();
  }
}

/** A body of this size or more waits for the server's word. */
const expectBytesMin = 1024 * 1024;

class Upload {
  readonly #form: EncodedForm;
  readonly #settings: UploadSettings;
  #trail: Trail;
  /** Credentials for `#trail.url`'s origin; undefined when there are none, or it is another one than at first. */
  #authorization: string | undefined;
  /** Whether the caller's own credentials may go to `#trail.url`. */
  #trusted = true;
  #attempts = 0;
  #formMeter: Meter | undefined;
  #formComplete = true;

  constructor(form: EncodedForm, settings: UploadSettings, url: URL) {
    this.#form = form;
    this.#settings = settings;
    this.#authorization = basicCredentials(url);
    const expects = settings.expect ?? (form.contentLength ?? Infinity) >= expectBytesMin;
    this.#trail = { url, sendsForm: true, expects, redirects: 0, retries: 0, refusals: 0 };
  }

  async run(): Promise<UploadResponse> {
    if (this.#form.spent) {
      throw new NotReplayableError(
        'a stream in this form was already read: hand in a function that opens it',
      );
    }
    for (;;) {
      this.#settings.signal?.throwIfAborted();
      const outcome = await this.#attempt();
      if (outcome.kind === 'answered' && this.#trail.sendsForm) this.#formComplete = outcome.complete;
      const next = decideNext(outcome, this.#trail, this.#settings);
      if (next.kind === 'fail') throw next.error;
      if (next.kind === 'deliver' || !(await this.#prepare(next, outcome))) return this.#deliver(outcome);
    }
  }

  async #attempt(): Promise<Outcome> {
    this.#attempts += 1;
    const { url, sendsForm, expects } = this.#trail;
    const { proxy, signal, clock } = this.#settings;
    const form = sendsForm ? this.#form : undefined;
    try {
      const connection = await connect({ ...this.#settings, url });
      const meter = this.#form.meter(present(this.#settings.onProgress), clock);
      if (form !== undefined) this.#formMeter = meter;
      return await exchange({
        connection,
        method: sendsForm ? this.#settings.method : 'GET',
        target:
          proxy !== undefined && url.protocol === 'http:' ? absoluteForm(url) : url.pathname + url.search,
        headers: this.#headers(),
        form,
        meter,
        expects: sendsForm && expects,
        signal,
        clock,
        limits: this.#settings,
      });
    } catch (error) {
      signal?.throwIfAborted();
      const resendable = error instanceof PosterError && error.code === 'ERR_POSTER_CONNECT';
      return { kind: 'failed', error, resendable };
    }
  }

  #headers(): (readonly [string, string])[] {
    const { url } = this.#trail;
    const headers: (readonly [string, string])[] = [['Host', url.host]];
    for (const header of this.#settings.headers) {
      const secret = /^(authorization|cookie)$/i.test(header[0]);
      const replaced = /^authorization$/i.test(header[0]) && this.#authorization !== undefined;
      if (!replaced && (this.#trusted || !secret)) headers.push(header);
    }
    if (this.#authorization !== undefined) headers.push(['Authorization', this.#authorization]);
    const { proxy } = this.#settings;
    const proxyCredentials = proxy && url.protocol === 'http:' ? basicCredentials(proxy) : undefined;
    if (proxyCredentials !== undefined) headers.push(['Proxy-Authorization', proxyCredentials]);
    return headers;
  }

  /** Makes ready for the next attempt. False if there is to be none: the last answer stands. */
  async #prepare(next: Exclude<Next, { kind: 'deliver' | 'fail' }>, outcome: Outcome): Promise<boolean> {
    const trail = this.#trail;
    switch (next.kind) {
      case 'drop-expect':
        this.#trail = { ...trail, expects: false };
        break;
      case 'retry':
        this.#trail = { ...trail, retries: trail.retries + 1 };
        this.#mustReplay(outcome);
        await this.#pause(next.delayMs);
        break;
      case 'redirect':
        this.#trail = { ...trail, url: next.url, sendsForm: next.sendsForm, redirects: trail.redirects + 1 };
        this.#trusted &&= next.keepsCredentials;
        if (!next.keepsCredentials) this.#authorization = basicCredentials(next.url);
        break;
      case 'authenticate': {
        const answer = await this.#askCredentials(outcome);
        if (answer === undefined || answer === this.#authorization) return false;
        this.#authorization = answer;
        this.#trail = { ...trail, refusals: trail.refusals + 1 };
      }
    }
    this.#mustReplay(outcome);
    return true;
  }

  async #askCredentials(outcome: Outcome): Promise<string | undefined> {
    if (outcome.kind !== 'answered') return undefined;
    const answer = await this.#settings.onAuth?.({
      url: this.#trail.url.href,
      headers: outcome.headers,
      refusals: this.#trail.refusals + 1,
    });
    if (answer === undefined || !/[\r\n\0]/.test(answer)) return answer;
    throw new PosterError('ERR_POSTER_HEADER', 'onAuth gave credentials with CR, LF or NUL in them');
  }

  #mustReplay(outcome: Outcome): void {
    if (!this.#trail.sendsForm || !this.#form.spent) return;
    if (outcome.kind === 'answered') {
      throw new NotReplayableError(
        `the server answered ${outcome.status}, and a stream in the form was already read: hand in a function that opens it`,
        { response: this.#deliver(outcome) },
      );
    }
    throw new NotReplayableError(
      'the connection was lost, and a stream in the form was already read: hand in a function that opens it',
      { cause: outcome.error },
    );
  }

  #pause(delayMs: number): Promise<void> {
    const { signal, clock } = this.#settings;
    return new Promise((resolve, reject) => {
      const stop = clock.after(delayMs, () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      });
      const abort = (): void => {
        stop();
        reject(signal?.reason as Error);
      };
      signal?.addEventListener('abort', abort, { once: true });
    });
  }

  #deliver(outcome: Outcome): UploadResponse {
    if (outcome.kind === 'failed') throw outcome.error;
    return new UploadResponse({
      ...outcome,
      url: withoutCredentials(this.#trail.url).href,
      bytesSent: this.#formMeter?.sentBytes ?? 0,
      complete: this.#formComplete,
      attempts: this.#attempts,
    });
  }
}

function parseUrl(text: string | URL): URL {
  const url = parseHttpUrl(text);
  if (url !== undefined) return url;
  throw new PosterError('ERR_POSTER_OPTION', 'upload: the url must be an absolute http or https URL');
}

function withoutCredentials(url: URL): URL {
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  bare.hash = '';
  return bare;
}

/** RFC 9112, 3.2.2: what a proxy is asked for. */
function absoluteForm(url: URL): string {
  return withoutCredentials(url).href;
}

function present<T>(value: T | undefined): T[] {
  return value === undefined ? [] : [value];
}
