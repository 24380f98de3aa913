import { sleep } from '@millrace/kernel/clock';
import type { Clock } from '@millrace/kernel/clock';
import { MillraceError } from '@millrace/kernel/errors';
import { msToRound } from '@millrace/kernel/rounds';
import { Wakeup } from '@millrace/kernel/wakeup';
import {
  denseChunkBytes,
  findUnmerged,
  markMerged,
  readMergeable,
  swapChunks,
} from '../store/operations/merge-logs.ts';
import type { MergeableChunk, NewChunk } from '../store/operations/merge-logs.ts';
import type { Store } from '../store/store.ts';
import type { Compression } from './compression.ts';
import { cutChunks } from './cut-chunks.ts';

export interface LogMergerParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly compression: Compression;
  readonly onTrouble: (error: unknown) => void;
}

/** Ended logs wait so long at most. */
const mergeEveryMs = 2_000;
/** Without an event since the last time nothing has ended; signals of another master may be lost. */
const lookAgainMs = 60_000;
const logsMax = 20;
/** What is read, held in memory and written anew in one commit. */
const runBytesMax = 2 * 1024 ** 2;
const runChunksMax = 1_000;

/**
 * Writes logs anew, once they have ended, in chunks that compress well: a watched log comes in chunks of a few lines, which
 * take up to eight times the room. Nothing depends on it: a log reads the same before, meanwhile and after, and two
 * mergers at once only waste their time.
 */
export class LogMerger {
  readonly #parts: LogMergerParts;

  constructor(parts: LogMergerParts) {
    this.#parts = parts;
  }

  /** Runs until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { store, clock, onTrouble } = this.#parts;
    const wakeup = new Wakeup();
    // The end of a log is an event.
    const stop = store.onSignal(({ topic }) => {
      if (topic === 'events') wakeup.wake();
    });
    try {
      while (!signal.aborted) {
        await this.mergeAll(signal).catch(onTrouble);
        const again = clock.after(lookAgainMs, () => wakeup.wake());
        await wakeup.wait(signal);
        again.cancel();
        await sleep(clock, msToRound(clock, mergeEveryMs), signal);
      }
    } finally {
      stop();
    }
  }

  /** Merges every log that has ended. Answers how many. */
  async mergeAll(signal: AbortSignal): Promise<number> {
    const { store } = this.#parts;
    let merged = 0;
    while (!signal.aborted) {
      const logs = await store.do(findUnmerged, { limit: logsMax });
      for (const log of logs) {
        if (signal.aborted) return merged;
        await this.#mergeLog(log);
        merged++;
      }
      if (logs.length < logsMax) return merged;
    }
    return merged;
  }

  async #mergeLog(log: number): Promise<void> {
    const { store, onTrouble } = this.#parts;
    for (let fromByte = 0; ;) {
      const chunks = await store.do(readMergeable, { log, fromByte, limit: runChunksMax });
      const run = firstRun(chunks);
      const last = run.at(-1);
      if (!last) break;
      try {
        if (isWorthIt(run)) await this.#mergeRun(log, run);
      } catch (error) {
        // Bytes that cannot be read stay as they are: whoever asks for them is told why.
        if (!(error instanceof MillraceError) || error.code !== 'log-damaged') throw error;
        if (await this.#stillStands(log, run)) onTrouble(error);
      }
      fromByte = last.firstByte + last.bytes;
    }
    await store.do(markMerged, { log });
  }

  async #mergeRun(log: number, old: readonly MergeableChunk[]): Promise<void> {
    const { store, compression } = this.#parts;
    const opened = await Promise.all(old.map((chunk) => this.#open(log, chunk)));
    const [first] = old;
    if (!first) return;
    const cut = cutChunks(Buffer.concat(opened), { byte: first.firstByte, line: first.firstLine });
    const merged = await Promise.all(
      cut.map(async ({ byte, line, bytes, lines }): Promise<NewChunk> => ({
        firstByte: byte,
        firstLine: line,
        bytes: bytes.length,
        lines,
        at: old.findLast((chunk) => chunk.firstByte <= byte)?.at ?? first.at,
        data: await compression.make(bytes),
      })),
    );
    await store.do(swapChunks, { log, old, merged });
  }

  /** Not where another merger was first, which has removed the old bytes. */
  async #stillStands(log: number, run: readonly MergeableChunk[]): Promise<boolean> {
    const fromByte = run[0]?.firstByte ?? 0;
    const now = await this.#parts.store.do(readMergeable, { log, fromByte, limit: run.length });
    return run.every((chunk, index) => {
      const place = now[index]?.place;
      return place?.segment === chunk.place?.segment && place?.offset === chunk.place?.offset;
    });
  }

  async #open(log: number, chunk: MergeableChunk): Promise<Uint8Array> {
    const { store, compression } = this.#parts;
    if (!chunk.place) return new Uint8Array(0);
    try {
      const bytes = await compression.open(await store.read(chunk.place, chunk.storedBytes), chunk.bytes);
      if (bytes.length === chunk.bytes) return bytes;
    } catch (cause) {
      throw damaged(log, cause);
    }
    throw damaged(log);
  }
}

/** A gap alone; or what stands before the next one, up to the bound. */
function firstRun(chunks: readonly MergeableChunk[]): readonly MergeableChunk[] {
  const run: MergeableChunk[] = [];
  let bytes = 0;
  for (const chunk of chunks) {
    if (run.length > 0 && (chunk.place === null || bytes + chunk.bytes > runBytesMax)) break;
    run.push(chunk);
    bytes += chunk.bytes;
    if (chunk.place === null) break;
  }
  return run;
}

function isWorthIt(run: readonly MergeableChunk[]): boolean {
  const bytes = run.reduce((sum, chunk) => sum + chunk.bytes, 0);
  return run.length > 1 && bytes < run.length * denseChunkBytes;
}

function damaged(log: number, cause?: unknown): MillraceError<'log-damaged'> {
  return new MillraceError(
    'log-damaged',
    `Log ${log} cannot be merged: what is stored of it is not what was written.`,
    {
      cause,
    },
  );
}
