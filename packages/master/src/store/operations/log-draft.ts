import { assert } from '@millrace/kernel/assert';
import { insertMany, run, signal } from '../operation.ts';
import type { SqlValue, Work } from '../operation.ts';
import { insertParts, insertTexts } from './insert-texts.ts';

/** A log that is opened: its place in the journal, and what it is called. */
interface Opened {
  readonly build: number;
  readonly step: number;
  readonly log: number;
  readonly name: string;
  readonly stream: string;
}

const texts = insertTexts('logs', [
  'build',
  'step',
  'log',
  'name',
  'stream',
  'bytes',
  'lines',
  'chunks',
  'stored_bytes',
  'gap_bytes',
  'state',
  'complete',
]);

/**
 * Writes the rows of logs, each once; from then on those that are new have their ids. Who waits for one that has grown
 * is told: for a new one nobody can wait yet.
 */
export function* writeLogs(logs: Iterable<LogDraft>): Work<void> {
  const opened: LogDraft[] = [];
  for (const log of logs) {
    if (log.isNew) opened.push(log);
    else yield* log.update();
  }
  for (const { text, part, values } of insertParts(texts, opened, (row, log) => log.addTo(row))) {
    const ids = yield* insertMany(text, part.length, values);
    for (const [index, log] of part.entries()) log.isInserted(ids[index]);
  }
}

/**
 * How a log grows in one operation. Its row is written once: one row of an insert where it is opened in it, else one
 * update.
 */
export class LogDraft {
  #id: number | undefined;
  readonly #opened: Opened | undefined;
  #bytes = 0;
  #lines = 0;
  #chunks = 0;
  #storedBytes = 0;
  #gapBytes = 0;
  #closed = false;

  private constructor(id: number | undefined, opened: Opened | undefined) {
    this.#id = id;
    this.#opened = opened;
  }

  static known(id: number): LogDraft {
    return new LogDraft(id, undefined);
  }

  static opened(opened: Opened): LogDraft {
    return new LogDraft(undefined, opened);
  }

  /** In the store. Of one that is opened here it is known after {@link writeLogs}. */
  get id(): number {
    assert(this.#id !== undefined, 'a log has an id when its row is written');
    return this.#id;
  }

  addChunk(chunk: { readonly bytes: number; readonly lines: number; readonly storedBytes: number }): void {
    this.#bytes += chunk.bytes;
    this.#lines += chunk.lines;
    this.#chunks += 1;
    this.#storedBytes += chunk.storedBytes;
  }

  addGap(gap: { readonly bytes: number; readonly lines: number }): void {
    this.#bytes += gap.bytes;
    this.#lines += gap.lines;
    this.#gapBytes += gap.bytes;
  }

  /** @param unfinishedLines 1 where the last line has no line feed: no chunk has counted it */
  close(unfinishedLines: number): void {
    this.#lines += unfinishedLines;
    this.#closed = true;
  }

  /** It has no row yet. */
  get isNew(): boolean {
    return this.#opened !== undefined;
  }

  /** The row of one that is new, behind those of others. */
  addTo(values: SqlValue[]): void {
    assert(this.#opened !== undefined, 'one that is known has its row');
    const { build, step, log, name, stream } = this.#opened;
    values.push(build, step, log, name, stream, ...this.#figures());
  }

  isInserted(id: number | undefined): void {
    assert(id !== undefined, 'an insert tells the id of each row');
    this.#id = id;
  }

  /** A log that was closed from outside, and grows, is open again. */
  *update(): Work<void> {
    yield* run(
      `update logs set bytes = bytes + ?, lines = lines + ?, chunks = chunks + ?, stored_bytes = stored_bytes + ?,
         gap_bytes = gap_bytes + ?, state = ?, complete = ?, merged = 0 where id = ?`,
      ...this.#figures(),
      this.id,
    );
    yield* signal({ topic: 'log', log: this.id });
  }

  #figures(): [number, number, number, number, number, string, number] {
    return [
      this.#bytes,
      this.#lines,
      this.#chunks,
      this.#storedBytes,
      this.#gapBytes,
      this.#closed ? 'closed' : 'open',
      this.#closed ? 1 : 0,
    ];
  }
}
