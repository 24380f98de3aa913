import type { Hold, HoldState } from '@millrace/protocol/api/holds';
import type { Master } from '@millrace/protocol/api/masters';
import type { Worker } from '@millrace/protocol/api/workers';
import { holdSentence } from '../../model/worker-hold.ts';
import { query, rows } from '../operation.ts';
import type { Work } from '../operation.ts';

interface WorkerRow {
  name: string;
  connected: number;
  master: string | null;
  silent: number;
  accepts: number;
  message: string | null;
  slots: number;
  heard_at: number | null;
  trust: string;
  clock_offset_ms: number | null;
  held: HoldState | null;
  held_reason: string | null;
  held_by: string | null;
  held_at: number | null;
  facts: string | null;
}

/** Every worker that was ever heard of, by name. */
export const listWorkers = query('workers.list', function* (): Work<readonly Worker[]> {
  const found = yield* rows<WorkerRow>(
    'select name, connected, master, silent, accepts, message, slots, heard_at, trust, clock_offset_ms, held, held_reason, held_by, held_at, facts from workers order by name',
  );
  const running = yield* rows<{ id: number; worker: string }>(
    `select id, worker from builds where state = 'running' order by slot`,
  );
  return found.map((worker) => {
    const hold = holdOf(worker);
    return {
      name: worker.name,
      connected: worker.connected === 1,
      master: worker.master,
      silent: worker.silent === 1,
      accepts: worker.accepts === 1 && hold === null,
      message: hold === null ? worker.message : sentenceOf(hold),
      hold,
      slots: worker.slots,
      builds: running.filter((build) => build.worker === worker.name).map((build) => build.id),
      heardAt: worker.heard_at,
      trust: worker.trust,
      clockOffsetMs: worker.clock_offset_ms,
      facts: worker.facts === null ? null : (JSON.parse(worker.facts) as Worker['facts']),
    };
  });
});

function holdOf({ held: state, held_reason: reason, held_by: by, held_at: at }: WorkerRow): Hold | null {
  return state === null ? null : { state, reason: reason ?? '', by, at: at ?? 0 };
}

function sentenceOf(hold: Hold): string {
  return `It is ${holdSentence(hold)}`;
}

/** Newest first. */
export const listMasters = query('masters.list', function* (): Work<readonly Master[]> {
  const found = yield* rows<{
    name: string;
    started_at: number;
    seen_at: number;
    stopped_at: number | null;
  }>('select name, started_at, seen_at, stopped_at from masters order by started_at desc, name');
  return found.map((master) => ({
    name: master.name,
    startedAt: master.started_at,
    seenAt: master.seen_at,
    stoppedAt: master.stopped_at,
  }));
});
