import { NotReplayableError } from './not-replayable-error.ts';
import type { Source } from './source.ts';
import { abandonStream, streamReading, type Stream } from './stream-reading.ts';

/** A stream: it can be sent once. `lengthBytes` is the caller's word for how long it is. */
export function streamSource(stream: Stream, lengthBytes: number | undefined): Source {
  let spent = false;
  holdEarlyError(stream);
  return {
    lengthBytes,
    replayable: false,
    get spent() {
      return spent;
    },
    live: true,
    async open() {
      if (spent)
        throw new NotReplayableError('this stream was already read: hand in a function that opens it');
      spent = true;
      return streamReading(stream);
    },
    discard() {
      if (!spent) abandonStream(stream);
      spent = true;
    },
  };
}

/**
 * A Node stream that fails before it is read (a file that is not there) would end the process: its `error`
 * has no listener yet. Reading it later gives the same error.
 */
function holdEarlyError(stream: Stream): void {
  if ('on' in stream && typeof stream.on === 'function') stream.on('error', () => {});
}
