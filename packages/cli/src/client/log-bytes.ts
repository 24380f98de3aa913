import type { LogLine, LogLines } from '@millrace/protocol/api/logs';
import type { ApiClient } from './api-client.ts';
import type { ClientContext } from './client-context.ts';
import { awayNote } from './events.ts';
import { longPatienceMs, resumingStream } from './resuming-stream.ts';
import { UnreachableError } from './unreachable-error.ts';

/** Where the bytes of a log go, in order. */
export type Sink = (bytes: Uint8Array) => Promise<void>;

/** The whole log as it is now. Throws {@link UnreachableError} when it is cut off midway. */
export async function writeRaw(client: ApiClient, log: number, sink: Sink): Promise<void> {
  const response = await client.open(`/logs/${log}/raw`);
  if (response.body === null) return;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read().catch((cause: unknown) => {
      throw new UnreachableError(client.url, cause);
    });
    if (done) return;
    await sink(value);
  }
}

const pageLines = 1_000;
const lineFeed = 0x0a;

/** Lines `first` to `last`, counted from 0, both included. */
export async function writeLines(
  context: ClientContext,
  log: number,
  range: { readonly first: number; readonly last: number },
  sink: Sink,
): Promise<void> {
  let from = range.first;
  let cursor: string | undefined;
  while (from <= range.last) {
    const count = Math.min(pageLines, range.last - from + 1);
    const place = cursor === undefined ? { from } : { cursor };
    const page = await context.client.get<LogLines>(`/logs/${log}/lines`, { ...place, count });
    for (const item of page.items) {
      if (item.gap !== undefined) context.note(gapNote(item.gap));
      const bytes = bytesOf(item);
      await sink(bytes);
      // A very long line comes in pieces: it is done with its line feed.
      from =
        item.gap === undefined ? item.line + (bytes.at(-1) === lineFeed ? 1 : 0) : item.line + item.gap.lines;
    }
    if (page.items.length === 0 || page.nextCursor === null) return;
    cursor = page.nextCursor;
  }
}

/**
 * Follows a log to its end, each byte once: after a cut it goes on from the byte it has reached, and what a
 * master repeats is left out.
 */
export async function followLog(context: ClientContext, log: number, sink: Sink): Promise<void> {
  let reached = 0;
  const stream = resumingStream({
    client: context.client,
    clock: context.clock,
    random: context.random,
    path: `/logs/${log}/follow`,
    query: () => ({ from: reached }),
    patienceMs: longPatienceMs,
  });
  let lost = false;
  for await (const item of stream) {
    if (item.kind === 'lost') {
      lost = true;
      context.note(awayNote(item.error));
    } else if (item.kind === 'connected') {
      if (lost) context.note('the master is back');
      lost = false;
    } else if (item.message.event === 'end') {
      return;
    } else if (item.message.event === 'message' || item.message.event === 'line') {
      const line = JSON.parse(item.message.data) as LogLine;
      if (line.gap !== undefined && line.byte >= reached) context.note(gapNote(line.gap));
      const bytes = bytesOf(line);
      const known = Math.max(0, reached - line.byte);
      if (known < bytes.length) await sink(bytes.subarray(known));
      // The id is the byte to resume from; what is not kept counts.
      reached = Math.max(reached, Number(item.message.id ?? line.byte + bytes.length) || 0);
    }
  }
}

function bytesOf(line: LogLine): Uint8Array {
  return line.base64 === undefined
    ? Buffer.from(line.text ?? '', 'utf8')
    : Buffer.from(line.base64, 'base64');
}

function gapNote(gap: { readonly lines: number; readonly bytes: number }): string {
  return `${gap.lines} lines (${gap.bytes} bytes) of this log were not kept (logBytesMax)`;
}
