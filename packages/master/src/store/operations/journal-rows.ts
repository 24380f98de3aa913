import { assert, unreachable } from '@millrace/kernel/assert';
import type { EventType } from '@millrace/protocol/event';
import type { JournalChange } from '../../model/journal-change.ts';
import { keep, row, run, signal } from '../operation.ts';
import type { Transaction, Work } from '../operation.ts';
import { emit } from './emit.ts';
import { insertChunks } from './insert-chunks.ts';
import type { ChunkValues } from './insert-chunks.ts';

type ChangeOf<Kind extends JournalChange['kind']> = Extract<JournalChange, { kind: Kind }>;

/** How a log has grown in one operation: its row is written once. */
interface Growth {
  bytes: number;
  lines: number;
  chunks: number;
  storedBytes: number;
  gapBytes: number;
  closed: boolean;
}

/** Writes what records mean into the rows of one build, with the events that tell it. */
export class JournalRows {
  readonly #build: {
    readonly id: number;
    readonly builder: string;
    readonly request: number;
    readonly worker: string;
  };
  readonly #logIds: Map<number, number>;
  readonly #growth = new Map<number, Growth>();
  /** To be inserted together. */
  readonly #chunks: ChunkValues[] = [];

  /** @param logIds of the logs that the build's open step has, by their numbers in the journal */
  constructor(
    build: {
      readonly id: number;
      readonly builder: string;
      readonly request: number;
      readonly worker: string;
    },
    logIds: ReadonlyMap<number, number>,
  ) {
    this.#build = build;
    this.#logIds = new Map(logIds);
  }

  /** @param reopens the open step goes on after it was closed from outside */
  *write(tx: Transaction, changes: readonly JournalChange[], reopens: boolean): Work<void> {
    if (reopens && changes.length > 0) yield* this.#reopenStep();
    for (const change of changes) yield* this.#write(tx, change);
    yield* insertChunks(this.#chunks.splice(0));
    for (const [id, growth] of this.#growth) yield* this.#grow(id, growth);
  }

  *#write(tx: Transaction, change: JournalChange): Work<void> {
    switch (change.kind) {
      case 'start-step':
        yield* this.#startStep(tx, change);
        break;
      case 'finish-step':
        yield* this.#finishStep(tx, change);
        break;
      case 'open-log':
        yield* this.#openLog(tx, change);
        break;
      case 'add-chunk':
        yield* this.#addChunk(change);
        break;
      case 'add-gap':
        this.#addGap(change);
        break;
      case 'close-log':
        yield* this.#closeLog(tx, change);
        break;
      case 'set-property':
        yield* this.#setProperty(tx, change);
        break;
      case 'tell-command':
        yield* run(
          'update steps set command = ? where build = ? and step = ?',
          JSON.stringify(change.command),
          this.#build.id,
          change.step,
        );
        break;
      case 'end-try':
        yield* this.#endTry(tx, change);
        break;
      case 'add-link':
        yield* this.#addLink(tx, change);
        break;
      case 'add-stopped-ms':
        yield* run(
          'update steps set stopped_ms = stopped_ms + ? where build = ? and step = ?',
          change.stoppedMs,
          this.#build.id,
          change.step,
        );
        break;
      case 'finish-build':
        // Whoever applies the records ends the build, by the one way in which builds end.
        break;
      default:
        unreachable(change);
    }
  }

  *#startStep(tx: Transaction, change: ChangeOf<'start-step'>): Work<void> {
    yield* run(
      `insert into steps (build, step, name, state, started_at, log_bytes_max) values (?, ?, ?, 'running', ?, ?)`,
      this.#build.id,
      change.step,
      change.name,
      change.at,
      change.logBytesMax,
    );
    yield* this.#emit(tx, 'step.started', { step: change.step, name: change.name });
  }

  *#finishStep(tx: Transaction, change: ChangeOf<'finish-step'>): Work<void> {
    if (!change.started) {
      yield* run(
        `insert into steps (build, step, name, state, started_at) values (?, ?, ?, 'running', ?)`,
        this.#build.id,
        change.step,
        change.name,
        change.at,
      );
    }
    yield* run(
      `update steps set state = 'finished', result = ?, reason = ?, message = ?, exit_code = ?, signal = ?, warnings = ?,
         finished_at = ? where build = ? and step = ?`,
      change.result,
      change.reason,
      change.message,
      change.exitCode,
      change.signal,
      change.warnings,
      change.at,
      this.#build.id,
      change.step,
    );
    const { step, name, result, reason, message, limit, warnings } = change;
    yield* this.#emit(tx, 'step.finished', { step, name, result, reason, message, limit, warnings });
  }

  *#reopenStep(): Work<void> {
    yield* run(
      `update steps set state = 'running', result = null, reason = null, finished_at = null
       where build = ? and step = (select open_step from builds where id = ?)`,
      this.#build.id,
      this.#build.id,
    );
  }

  *#openLog(tx: Transaction, change: ChangeOf<'open-log'>): Work<void> {
    const inserted = yield* row<{ id: number }>(
      `insert into logs (build, step, log, name, stream, state) values (?, ?, ?, ?, ?, 'open') returning id`,
      this.#build.id,
      change.step,
      change.log,
      change.name,
      change.stream,
    );
    assert(inserted, 'an insert returns its id');
    this.#logIds.set(change.log, inserted.id);
    const { step, name, stream } = change;
    yield* this.#emit(tx, 'log.opened', { step, log: inserted.id, name, stream });
  }

  *#addChunk(change: ChangeOf<'add-chunk'>): Work<void> {
    const { chunk } = change;
    const place = yield* keep(chunk.data);
    const log = this.#id(chunk.log);
    this.#chunks.push({ ...chunk, log, at: change.at, place, storedBytes: chunk.data.length });
    const growth = this.#grows(log);
    growth.bytes += chunk.bytes;
    growth.lines += chunk.lines;
    growth.chunks += 1;
    growth.storedBytes += chunk.data.length;
  }

  #addGap(change: ChangeOf<'add-gap'>): void {
    const log = this.#id(change.log);
    this.#chunks.push({ ...change, log, place: null, storedBytes: 0 });
    const growth = this.#grows(log);
    growth.bytes += change.bytes;
    growth.lines += change.lines;
    growth.gapBytes += change.bytes;
  }

  *#closeLog(tx: Transaction, change: ChangeOf<'close-log'>): Work<void> {
    const log = this.#id(change.log);
    const growth = this.#grows(log);
    growth.lines += change.unfinishedLines;
    growth.closed = true;
    yield* this.#emit(tx, 'log.closed', { log });
  }

  *#setProperty(tx: Transaction, change: ChangeOf<'set-property'>): Work<void> {
    yield* run(
      `insert into properties (build, name, value, source) values (?, ?, ?, ?)
       on conflict (build, name) do update set value = excluded.value, source = excluded.source`,
      this.#build.id,
      change.name,
      JSON.stringify(change.value),
      change.source,
    );
    const { step, name, value, source } = change;
    yield* this.#emit(tx, 'build.property', { step, name, value, source });
  }

  *#endTry(tx: Transaction, change: ChangeOf<'end-try'>): Work<void> {
    yield* run(
      `insert into step_tries (build, step, try, result, reason, message, exit_code, signal, ended_at, next_in_ms)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      this.#build.id,
      change.step,
      change.try,
      change.result,
      change.reason,
      change.message,
      change.exitCode,
      change.signal,
      change.at,
      change.nextInMs,
    );
    yield* run(
      'update steps set tries = ? where build = ? and step = ?',
      change.try,
      this.#build.id,
      change.step,
    );
    const { step, result, reason, message, nextInMs } = change;
    yield* this.#emit(tx, 'step.retrying', { step, try: change.try, result, reason, message, nextInMs });
  }

  *#addLink(tx: Transaction, change: ChangeOf<'add-link'>): Work<void> {
    const { step, label, url } = change;
    yield* run(
      `insert into links (build, step, label, url) values (?, ?, ?, ?)
       on conflict (build, step, label) do update set url = excluded.url`,
      this.#build.id,
      step,
      label,
      url,
    );
    yield* this.#emit(tx, 'build.link', { step, label, url });
  }

  /** A log that was closed from outside, and grows, is open again. */
  *#grow(id: number, growth: Growth): Work<void> {
    yield* run(
      `update logs set bytes = bytes + ?, lines = lines + ?, chunks = chunks + ?, stored_bytes = stored_bytes + ?,
         gap_bytes = gap_bytes + ?, state = ?, complete = ?, merged = 0 where id = ?`,
      growth.bytes,
      growth.lines,
      growth.chunks,
      growth.storedBytes,
      growth.gapBytes,
      growth.closed ? 'closed' : 'open',
      growth.closed ? 1 : 0,
      id,
    );
    yield* signal({ topic: 'log', log: id });
  }

  #grows(id: number): Growth {
    const known = this.#growth.get(id);
    if (known) return known;
    const growth = { bytes: 0, lines: 0, chunks: 0, storedBytes: 0, gapBytes: 0, closed: false };
    this.#growth.set(id, growth);
    return growth;
  }

  #id(log: number): number {
    const id = this.#logIds.get(log);
    assert(id !== undefined, 'a log of the open step has a row');
    return id;
  }

  *#emit(tx: Transaction, type: EventType, data: Readonly<Record<string, unknown>>): Work<void> {
    const { id, builder, request, worker } = this.#build;
    yield* emit(tx, { type, build: id, builder, request, worker, data });
  }
}
