import { clock } from '../time/clock.ts';
import { ApiError, call } from './call.ts';
import type { Query } from './call.ts';

export interface SseMessage {
  readonly event: string;
  readonly data: string;
  readonly id: string | undefined;
}

/** The master speaks at least every 15 s; after three silences the connection is dead without saying so. */
const silenceMs = 45_000;

/**
 * One connection of an event stream, until it is cut or `signal` aborts. `fetch` and not `EventSource`: that one
 * cannot carry a token, and hides why it was refused.
 */
export async function* readStream(
  path: string,
  query: Query,
  signal: AbortSignal,
): AsyncGenerator<SseMessage, void> {
  const silent = new AbortController();
  const listen = (): (() => void) => clock.after(silenceMs, () => silent.abort());
  let stop = listen();
  try {
    const response = await call(path, query, {
      headers: { accept: 'text/event-stream' },
      signal: AbortSignal.any([signal, silent.signal]),
    });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    if (reader === undefined) return;
    const parser = new SseParser();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      stop();
      stop = listen();
      yield* parser.push(value);
    }
  } catch (cause) {
    if (cause instanceof ApiError || signal.aborted) throw cause;
    throw new ApiError(0, 'cut', 'The connection to the master was cut.', { cause });
  } finally {
    stop();
  }
}

/** Longer than any log piece or event. */
const messageCharsMax = 16 * 1024 * 1024;

/** WHATWG HTML, "Server-sent events": out of text cut anywhere; a message counts once its empty line has come. */
export class SseParser {
  #rest = '';
  #event = '';
  #data: string[] = [];
  #id: string | undefined;

  push(text: string): SseMessage[] {
    const messages: SseMessage[] = [];
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > messageCharsMax) throw new Error('a line of the event stream has no end');
    for (const raw of lines) {
      const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
      if (line !== '') this.#field(line);
      else if (this.#data.length > 0 || this.#event !== '') messages.push(this.#message());
    }
    return messages;
  }

  #field(line: string): void {
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (name === 'data') this.#data.push(value);
    else if (name === 'event') this.#event = value;
    else if (name === 'id') this.#id = value;
  }

  #message(): SseMessage {
    const message = { event: this.#event || 'message', data: this.#data.join('\n'), id: this.#id };
    this.#event = '';
    this.#data = [];
    return message;
  }
}
