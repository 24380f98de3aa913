import { PosterError } from '../errors.ts';
import type { Reading } from './source.ts';

/** What can be read once, from its start to its end. */
export type Stream = ReadableStream<Uint8Array> | AsyncIterable<Uint8Array | string>;

/** Whether a value is a web stream, a Node stream or another async iterable. */
export function isStream(value: unknown): value is Stream {
  return isWebStream(value) || (typeof value === 'object' && value !== null && Symbol.asyncIterator in value);
}

// By shape, not by class: a page's frame, a polyfill or another realm has a ReadableStream of its own.
function isWebStream(value: unknown): value is ReadableStream<Uint8Array> {
  return typeof value === 'object' && value !== null && 'getReader' in value;
}

/** Reads a stream. Text is sent as UTF-8, empty chunks are passed over. */
export function streamReading(stream: Stream): Reading {
  const puller = isWebStream(stream) ? webPuller(stream) : iterablePuller(stream);
  let closed = false;
  return {
    async read() {
      for (;;) {
        const chunk = await puller.next();
        if (chunk === undefined) return undefined;
        const bytes = chunkBytes(chunk);
        if (bytes.length > 0) return bytes;
      }
    },
    async close() {
      if (closed) return;
      closed = true;
      puller.stop();
    },
  };
}

/** Ends a stream that nobody will read. */
export function abandonStream(stream: Stream): void {
  if (isWebStream(stream)) {
    // A locked stream is somebody else's to end.
    if (!stream.locked) stream.cancel().catch(ignore);
  } else if (isDestroyable(stream)) {
    stream.destroy();
  }
}

interface Puller {
  next(): Promise<unknown>;
  stop(): void;
}

function webPuller(stream: ReadableStream<Uint8Array>): Puller {
  const reader = stream.getReader();
  return {
    async next() {
      const { value, done } = await reader.read();
      return done ? undefined : value;
    },
    stop: () => void reader.cancel().catch(ignore),
  };
}

function iterablePuller(stream: AsyncIterable<unknown>): Puller {
  const iterator = stream[Symbol.asyncIterator]();
  return {
    async next() {
      const { value, done } = await iterator.next();
      return done === true ? undefined : value;
    },
    stop() {
      // Not awaited: a generator's `return` waits behind a `next` that may never come.
      Promise.resolve(iterator.return?.()).catch(ignore);
      if (isDestroyable(stream)) stream.destroy();
    },
  };
}

function isDestroyable(value: object): value is { destroy(): void } {
  return 'destroy' in value && typeof value.destroy === 'function';
}

const encoder = new TextEncoder();

function chunkBytes(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk;
  if (typeof chunk === 'string') return encoder.encode(chunk);
  throw new PosterError(
    'ERR_POSTER_VALUE',
    `a stream must give Uint8Array or string chunks, and gave ${chunk === null ? 'null' : typeof chunk}`,
  );
}

function ignore(): void {}
