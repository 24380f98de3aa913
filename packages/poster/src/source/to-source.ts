import { PosterError } from '../errors.ts';
import { blobSource } from './blob-source.ts';
import { bytesSource } from './bytes-source.ts';
import { openerSource } from './opener-source.ts';
import type { Source, SourceOpener } from './source.ts';
import { isStream } from './stream-reading.ts';
import { streamSource } from './stream-source.ts';

/**
 * Finds the source in a value. `lengthBytes` is the caller's word for how long it is; where the value knows
 * better, the two must agree.
 */
export function toSource(value: unknown, lengthBytes?: number): Source {
  if (lengthBytes !== undefined && !(Number.isSafeInteger(lengthBytes) && lengthBytes >= 0)) {
    throw new PosterError(
      'ERR_POSTER_LENGTH',
      `a length must be a whole number from 0 on, not ${lengthBytes}`,
    );
  }
  const source = sourceOf(value, lengthBytes);
  if (lengthBytes !== undefined && source.lengthBytes !== lengthBytes) {
    throw new PosterError(
      'ERR_POSTER_LENGTH',
      `the length was given as ${lengthBytes} bytes, but the value has ${source.lengthBytes}`,
    );
  }
  return source;
}

function sourceOf(value: unknown, lengthBytes: number | undefined): Source {
  if (typeof value === 'string' || value instanceof Uint8Array || value instanceof ArrayBuffer) {
    return bytesSource(value);
  }
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') {
    return bytesSource(String(value));
  }
  if (value instanceof Blob) return blobSource(value);
  if (typeof value === 'function') return openerSource(value as SourceOpener, lengthBytes);
  if (isSource(value)) return value;
  if (isStream(value)) return streamSource(value, lengthBytes);
  throw new PosterError(
    'ERR_POSTER_VALUE',
    `cannot send ${describe(value)}: give text, a number, bytes, a Blob, a stream, a function that opens one, or fileSource(path)`,
  );
}

function isSource(value: unknown): value is Source {
  return typeof value === 'object' && value !== null && 'open' in value && 'replayable' in value;
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return 'an array (repeat the name in pairs instead)';
  return `a value of type ${typeof value}`;
}
