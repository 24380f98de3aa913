import { PosterError } from '../errors.ts';
import { blobSource } from './blob-source.ts';
import { bytesSource } from './bytes-source.ts';
import type { Source, SourceOpener } from './source.ts';
import { isStream, streamReading } from './stream-reading.ts';

/** A function that opens: replayable, as it gives the bytes from the start at every call. */
export function openerSource(opener: SourceOpener, lengthBytes: number | undefined): Source {
  return {
    lengthBytes,
    replayable: true,
    spent: false,
    live: true,
    async open() {
      const opened = await opener();
      if (isStream(opened)) return streamReading(opened);
      if (opened instanceof Blob) return blobSource(opened).open();
      if (typeof opened === 'string' || opened instanceof Uint8Array || opened instanceof ArrayBuffer) {
        return bytesSource(opened).open();
      }
      throw new PosterError(
        'ERR_POSTER_VALUE',
        'a function that opens must return bytes, a Blob or a stream',
      );
    },
    discard() {},
  };
}
