import { assert } from '@millrace/kernel/assert';
import type { JournalChange } from '../../model/journal-change.ts';
import { run, runWith } from '../operation.ts';
import type { SqlValue, Work } from '../operation.ts';
import { insertParts, insertTexts } from './insert-texts.ts';

type ChangeOf<Kind extends JournalChange['kind']> = Extract<JournalChange, { kind: Kind }>;

/** Columns of a row of `steps` that records write, as they are in a step that has just begun. */
const fresh = {
  name: '',
  state: 'running',
  started_at: 0,
  log_bytes_max: 0,
  stopped_ms: 0,
  command: null,
  tries: 0,
  result: null,
  reason: null,
  message: null,
  exit_code: null,
  signal: null,
  warnings: 0,
  finished_at: null,
} satisfies Record<string, SqlValue>;

type Columns = Partial<Record<keyof typeof fresh, SqlValue>>;

const names = Object.keys(fresh);
const texts = insertTexts('steps', ['build', 'step', ...names]);

/** Writes the rows of steps, each once. */
export function* writeSteps(steps: Iterable<StepDraft>): Work<void> {
  const begun: StepDraft[] = [];
  for (const step of steps) {
    if (step.isNew) begun.push(step);
    else yield* step.update();
  }
  for (const { text, values } of insertParts(texts, begun, (row, step) => step.addTo(row)))
    yield* runWith(text, values);
}

/**
 * What the records of one operation do to the row of a step. It is written once, at the operation's end: a step that
 * begins and ends in it (most short ones do) is one row of an insert, any other one update of what has changed.
 */
export class StepDraft {
  readonly #build: number;
  readonly #step: number;
  readonly isNew: boolean;
  /** All columns of one that is new; of another those that have changed. */
  readonly #columns: Columns;
  #stoppedMs = 0;

  private constructor(build: number, step: number, begun: Columns | undefined) {
    this.#build = build;
    this.#step = step;
    this.isNew = begun !== undefined;
    this.#columns = begun ? { ...fresh, ...begun } : {};
  }

  /** A step that has its row. */
  static known(build: number, step: number): StepDraft {
    return new StepDraft(build, step, undefined);
  }

  /** @param begun.at milliseconds since 1970 */
  static begun(
    build: number,
    begun: {
      readonly step: number;
      readonly name: string;
      readonly at: number;
      readonly logBytesMax: number;
    },
  ): StepDraft {
    const { step, name, at, logBytesMax } = begun;
    return new StepDraft(build, step, { name, started_at: at, log_bytes_max: logBytesMax });
  }

  tellCommand({ command }: ChangeOf<'tell-command'>): void {
    this.#set({ command: JSON.stringify(command) });
  }

  endTry(change: ChangeOf<'end-try'>): void {
    this.#set({ tries: change.try });
  }

  addStoppedMs({ stoppedMs }: ChangeOf<'add-stopped-ms'>): void {
    this.#stoppedMs += stoppedMs;
  }

  /** It goes on after it was closed from outside. */
  reopen(): void {
    this.#set({ state: 'running', result: null, reason: null, finished_at: null });
  }

  finish(change: ChangeOf<'finish-step'>): void {
    const { result, reason, message, exitCode, signal, warnings, at } = change;
    this.#set({
      state: 'finished',
      result,
      reason,
      message,
      exit_code: exitCode,
      signal,
      warnings,
      finished_at: at,
    });
  }

  /** The row of one that is new, behind those of others. */
  addTo(values: SqlValue[]): void {
    assert(this.isNew, 'one that is known has its row');
    this.#columns.stopped_ms = this.#stoppedMs;
    values.push(this.#build, this.#step, ...Object.values(this.#columns));
  }

  /** Of a step that has its row. */
  *update(): Work<void> {
    const sets = Object.keys(this.#columns).map((name) => `${name} = ?`);
    yield* run(
      `update steps set ${['stopped_ms = stopped_ms + ?', ...sets].join(', ')} where build = ? and step = ?`,
      this.#stoppedMs,
      ...Object.values(this.#columns),
      this.#build,
      this.#step,
    );
  }

  #set(columns: Columns): void {
    Object.assign(this.#columns, columns);
  }
}
