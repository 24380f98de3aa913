import type { Master } from '@millrace/protocol/api/masters';
import type { Worker } from '@millrace/protocol/api/workers';
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
  facts: string | null;
}

/** Every worker that was ever heard of, by name. */
export const listWorkers = query('workers.list', function* (): Work<readonly Worker[]> {
  const found = yield* rows<WorkerRow>(
    'select name, connected, master, silent, accepts, message, slots, heard_at, facts from workers order by name',
  );
  const running = yield* rows<{ id: number; worker: string }>(
    `select id, worker from builds where state = 'running' order by slot`,
  );
  return found.map(({ heard_at: heardAt, ...worker }) => ({
    ...worker,
    connected: worker.connected === 1,
    silent: worker.silent === 1,
    accepts: worker.accepts === 1,
    builds: running.filter((build) => build.worker === worker.name).map((build) => build.id),
    heardAt,
    facts: worker.facts === null ? null : (JSON.parse(worker.facts) as Worker['facts']),
  }));
});

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
