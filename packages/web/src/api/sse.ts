import { SseParser } from '@millrace/protocol/sse-parser';
import type { SseMessage } from '@millrace/protocol/sse-parser';
import { clock } from '../time/clock.ts';
import { ApiError, call } from './call.ts';
import type { Query } from './call.ts';

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
