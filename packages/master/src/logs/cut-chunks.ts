import { chunkRawBytesMax } from '@millrace/protocol/journal/record';
import { lineFeeds } from './line-splitter.ts';
import type { LogPlace } from './line-splitter.ts';

/** A piece of a log that becomes one chunk. `bytes` is a view. */
export interface CutChunk extends LogPlace {
  readonly bytes: Uint8Array;
  /** Line feeds in it. */
  readonly lines: number;
}

const lineFeed = 10;

/** Cuts a stretch of a log into as few chunks as there may be: of whole lines, where there are lines. */
export function cutChunks(stretch: Uint8Array, start: LogPlace): readonly CutChunk[] {
  const chunks: CutChunk[] = [];
  let { byte, line } = start;
  for (let from = 0; from < stretch.length;) {
    const most = stretch.subarray(from, from + chunkRawBytesMax);
    const rest = from + most.length === stretch.length;
    const feed = rest ? -1 : most.lastIndexOf(lineFeed);
    const bytes = feed === -1 ? most : most.subarray(0, feed + 1);
    const lines = lineFeeds(bytes);
    chunks.push({ byte, line, bytes, lines });
    from += bytes.length;
    byte += bytes.length;
    line += lines;
  }
  return chunks;
}
