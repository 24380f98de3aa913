import { useEffect, useMemo, useSyncExternalStore } from 'react';
import type { LogLine, LogLines as LogLinesAnswer } from '@millrace/protocol/api/logs';
import { ApiError, get } from '../api/call.ts';
import { readStream } from '../api/sse.ts';
import { afterHidden, untilSeen } from '../live/attention.ts';
import { clock, sleep } from '../time/clock.ts';
import { LogLines } from './log-lines.ts';

const againMs = 1_000;
const hiddenMs = 3_000;

/** A log as it stands in the page, followed while it is open. */
export function useLog(id: number, knownLines: number): LogLines {
  const log = useMemo(
    () =>
      new LogLines({
        lines: (from, count, cursor) =>
          get<LogLinesAnswer>(
            `/logs/${id}/lines`,
            cursor === undefined ? { from, count } : { cursor, count },
          ),
        later: (act) => void clock.after(againMs, act),
      }),
    [id],
  );
  useSyncExternalStore(log.subscribe, log.version);
  useEffect(() => {
    const stop = new AbortController();
    void keepUp(log, id, knownLines, stop.signal);
    return () => stop.abort();
    // How many lines there were at first is only a place to begin.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [log, id]);
  return log;
}

/** Loads the end, then follows; after a cut it goes on from the byte it has reached. */
async function keepUp(log: LogLines, id: number, knownLines: number, signal: AbortSignal): Promise<void> {
  await log.loadEnd(knownLines);
  while (log.error !== undefined && !signal.aborted) {
    await sleep(againMs, signal);
    await log.loadEnd(log.total);
  }
  while (!log.closed && !signal.aborted) {
    await untilSeen(Infinity, signal);
    const rest = new AbortController();
    const stopWatching = afterHidden(hiddenMs, () => rest.abort());
    try {
      await follow(log, id, AbortSignal.any([signal, rest.signal]));
    } catch (error) {
      if (signal.aborted) return;
      if (rest.signal.aborted) continue;
      if (error instanceof ApiError && error.status === 404) return;
      await sleep(againMs, signal);
    } finally {
      stopWatching();
    }
  }
}

async function follow(log: LogLines, id: number, signal: AbortSignal): Promise<void> {
  let batch: LogLine[] = [];
  let frame: number | undefined;
  const flush = (): void => {
    frame = undefined;
    const lines = batch;
    batch = [];
    if (lines.length > 0) log.append(lines);
  };
  try {
    for await (const message of readStream(`/logs/${id}/follow`, { from: log.nextByte }, signal)) {
      if (message.event === 'end') {
        flush();
        log.close();
        return;
      }
      if (message.event !== 'message') continue;
      batch.push(JSON.parse(message.data) as LogLine);
      // Thousands of lines a second are drawn once a frame; a hidden page draws no frames and takes them as they are.
      if (document.hidden || batch.length > 5_000) flush();
      else frame ??= requestAnimationFrame(flush);
    }
  } finally {
    if (frame !== undefined) cancelAnimationFrame(frame);
    flush();
  }
}
