import { assert } from '@millrace/kernel/assert';
import type { JournalState, OpenStep } from '../../model/journal-state.ts';
import { row, rows } from '../operation.ts';
import type { Work } from '../operation.ts';
import type { HeldBuild } from './held-build.ts';

export interface LoadedState {
  readonly state: JournalState;
  /** By their numbers in the journal. */
  readonly logIds: ReadonlyMap<number, number>;
  /** The open step was closed when the build was given up for lost: it goes on now. */
  readonly reopens: boolean;
}

/** What the store knows of the build's journal, with the step and the logs that it has open. */
export function* loadJournalState(held: HeldBuild): Work<LoadedState> {
  const open = held.open_step === null ? undefined : yield* loadOpenStep(held.id, held.open_step);
  return {
    state: {
      build: held.id,
      fence: held.fence,
      worker: held.worker,
      planHash: held.plan_hash,
      startedAt: held.started_at,
      seq: held.seq,
      lastStep: held.last_step,
      openStep: open?.step ?? null,
      logs: held.logs,
      logBytes: held.log_bytes,
      propertyRecords: held.property_records,
      propertyBytes: held.property_bytes,
      ended: held.journal_ended === 1,
    },
    logIds: open?.logIds ?? new Map(),
    reopens: open?.reopens ?? false,
  };
}

function* loadOpenStep(
  build: number,
  step: number,
): Work<{ step: OpenStep; logIds: ReadonlyMap<number, number>; reopens: boolean }> {
  const found = yield* row<{ name: string; state: string; log_bytes_max: number; tries: number }>(
    'select name, state, log_bytes_max, tries from steps where build = ? and step = ?',
    build,
    step,
  );
  assert(found, 'a step that runs has a row');
  const logs = yield* rows<{
    id: number;
    log: number;
    name: string;
    bytes: number;
    lines: number;
    gap_bytes: number;
    complete: number;
  }>(
    'select id, log, name, bytes, lines, gap_bytes, complete from logs where build = ? and step = ? order by log',
    build,
    step,
  );
  return {
    step: {
      step,
      name: found.name,
      logBytesMax: found.log_bytes_max,
      tries: found.tries,
      logs: logs.map((log) => ({
        log: log.log,
        name: log.name,
        bytes: log.bytes,
        lines: log.lines,
        gapBytes: log.gap_bytes,
        closed: log.complete === 1,
      })),
    },
    logIds: new Map(logs.map((log) => [log.log, log.id])),
    reopens: found.state !== 'running',
  };
}
