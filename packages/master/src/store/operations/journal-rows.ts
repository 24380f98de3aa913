import { assert, unreachable } from '@millrace/kernel/assert';
import type { EventType } from '@millrace/protocol/event';
import type { JournalChange } from '../../model/journal-change.ts';
import { keep, run } from '../operation.ts';
import type { Work } from '../operation.ts';
import type { NewEvent } from './emit.ts';
import { insertChunks } from './insert-chunks.ts';
import type { ChunkValues } from './insert-chunks.ts';
import { LogDraft, writeLogs } from './log-draft.ts';
import { StepDraft, writeSteps } from './step-draft.ts';

type ChangeOf<Kind extends JournalChange['kind']> = Extract<JournalChange, { kind: Kind }>;

/** Writes what records mean into the rows of one build; what there is to tell of it is handed back, as events. */
export class JournalRows {
  readonly #build: {
    readonly id: number;
    readonly builder: string;
    readonly request: number;
    readonly worker: string;
  };
  readonly #logIds: ReadonlyMap<number, number>;
  readonly #steps = new Map<number, StepDraft>();
  /** By their numbers in the journal. */
  readonly #logs = new Map<number, LogDraft>();
  /** To be inserted together, when the logs have their ids. */
  readonly #chunks: (Omit<ChunkValues, 'log'> & { readonly log: LogDraft })[] = [];
  readonly #events: (() => NewEvent)[] = [];

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
    this.#logIds = logIds;
  }

  /**
   * Each row is written once, whatever the records do to it. The events are for the caller to write, with its own.
   *
   * @param reopened the open step, where it goes on after it was closed from outside
   */
  *write(changes: readonly JournalChange[], reopened: number | null): Work<readonly NewEvent[]> {
    if (reopened !== null && changes.length > 0) this.#step(reopened).reopen();
    for (const change of changes) yield* this.#take(change);
    yield* writeSteps(this.#steps.values());
    yield* writeLogs(this.#logs.values());
    yield* insertChunks(this.#chunks.map((chunk) => ({ ...chunk, log: chunk.log.id })));
    return this.#events.map((event) => event());
  }

  *#take(change: JournalChange): Work<void> {
    switch (change.kind) {
      case 'start-step':
        this.#startStep(change);
        break;
      case 'finish-step':
        this.#finishStep(change);
        break;
      case 'open-log':
        this.#openLog(change);
        break;
      case 'add-chunk':
        yield* this.#addChunk(change);
        break;
      case 'add-gap':
        this.#addGap(change);
        break;
      case 'close-log':
        this.#closeLog(change);
        break;
      case 'set-property':
        yield* this.#setProperty(change);
        break;
      case 'tell-command':
        this.#step(change.step).tellCommand(change);
        break;
      case 'end-try':
        yield* this.#endTry(change);
        break;
      case 'add-link':
        yield* this.#addLink(change);
        break;
      case 'add-stopped-ms':
        this.#step(change.step).addStoppedMs(change);
        break;
      case 'finish-build':
        // Whoever applies the records ends the build, by the one way in which builds end.
        break;
      default:
        unreachable(change);
    }
  }

  #startStep(change: ChangeOf<'start-step'>): void {
    const { step, name } = change;
    this.#steps.set(step, StepDraft.begun(this.#build.id, change));
    this.#tell('step.started', () => ({ step, name }));
  }

  #finishStep(change: ChangeOf<'finish-step'>): void {
    const { step, name, started, at, result, reason, message, limit, warnings } = change;
    if (!started) this.#steps.set(step, StepDraft.begun(this.#build.id, { step, name, at, logBytesMax: 0 }));
    this.#step(step).finish(change);
    this.#tell('step.finished', () => ({ step, name, result, reason, message, limit, warnings }));
  }

  #openLog(change: ChangeOf<'open-log'>): void {
    const { step, name, stream } = change;
    const log = LogDraft.opened({ ...change, build: this.#build.id });
    this.#logs.set(change.log, log);
    this.#tell('log.opened', () => ({ step, log: log.id, name, stream }));
  }

  *#addChunk(change: ChangeOf<'add-chunk'>): Work<void> {
    const { chunk } = change;
    const place = yield* keep(chunk.data);
    const log = this.#log(chunk.log);
    const storedBytes = chunk.data.length;
    this.#chunks.push({ ...chunk, log, at: change.at, place, storedBytes });
    log.addChunk({ bytes: chunk.bytes, lines: chunk.lines, storedBytes });
  }

  #addGap(change: ChangeOf<'add-gap'>): void {
    const log = this.#log(change.log);
    this.#chunks.push({ ...change, log, place: null, storedBytes: 0 });
    log.addGap(change);
  }

  #closeLog(change: ChangeOf<'close-log'>): void {
    const log = this.#log(change.log);
    log.close(change.unfinishedLines);
    this.#tell('log.closed', () => ({ log: log.id }));
  }

  *#setProperty(change: ChangeOf<'set-property'>): Work<void> {
    yield* run(
      `insert into properties (build, name, value, source) values (?, ?, ?, ?)
       on conflict (build, name) do update set value = excluded.value, source = excluded.source`,
      this.#build.id,
      change.name,
      JSON.stringify(change.value),
      change.source,
    );
    const { step, name, value, source } = change;
    this.#tell('build.property', () => ({ step, name, value, source }));
  }

  *#endTry(change: ChangeOf<'end-try'>): Work<void> {
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
    this.#step(change.step).endTry(change);
    const { step, result, reason, message, nextInMs } = change;
    this.#tell('step.retrying', () => ({ step, try: change.try, result, reason, message, nextInMs }));
  }

  *#addLink(change: ChangeOf<'add-link'>): Work<void> {
    const { step, label, url } = change;
    yield* run(
      `insert into links (build, step, label, url) values (?, ?, ?, ?)
       on conflict (build, step, label) do update set url = excluded.url`,
      this.#build.id,
      step,
      label,
      url,
    );
    this.#tell('build.link', () => ({ step, label, url }));
  }

  #step(step: number): StepDraft {
    const known = this.#steps.get(step);
    if (known) return known;
    const draft = StepDraft.known(this.#build.id, step);
    this.#steps.set(step, draft);
    return draft;
  }

  #log(log: number): LogDraft {
    const known = this.#logs.get(log);
    if (known) return known;
    const id = this.#logIds.get(log);
    assert(id !== undefined, 'a log of the open step has a row');
    const draft = LogDraft.known(id);
    this.#logs.set(log, draft);
    return draft;
  }

  /** `data` is asked for when the rows are written, and ids known. */
  #tell(type: EventType, data: () => Readonly<Record<string, unknown>>): void {
    const { id, builder, request, worker } = this.#build;
    this.#events.push(() => ({ type, build: id, builder, request, worker, data: data() }));
  }
}
