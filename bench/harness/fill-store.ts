import fs from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openSqlite } from '@millrace/master/store/sqlite/open';

/** What a filled store has of each. */
export const filled = { builders: 150, workers: 80, stepsPerBuild: 5, buildsPerDay: 100_000 / 21 } as const;

const dayMs = 86_400_000;
/** From one build's start to the next one's. */
const everyMs = dayMs / filled.buildsPerDay;
/** Rows of builds in one transaction. */
const batch = 100_000;

/**
 * A data folder with so many builds of five steps that have ended, made once in `folder`: 150 builders, 80 workers, as
 * many a day as 100,000 in three weeks, the newest now. The store itself makes the schema; the rows are written by
 * bulk SQL while it is closed, as its own operations leave them, but for the events, which lists do not read, and
 * the bytes of the logs. Each build has five properties, each step one log; each tenth build has a change of its own.
 */
export async function filledStore(
  folder: string,
  builds: number,
  tell: (text: string) => void,
): Promise<string> {
  const data = path.join(folder, `filled-${builds}`);
  const whole = `${data}.whole`;
  if (fs.existsSync(whole)) return data;
  fs.rmSync(data, { recursive: true, force: true });
  await (await openSqlite({ folder: data, inPlace: true })).close();
  const database = new DatabaseSync(path.join(data, 'millrace.db'));
  try {
    // Half of what would be written otherwise: a store that is not filled to its end is made anew.
    database.exec('pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -1000000');
    const begin = Date.now() - builds * everyMs;
    for (let from = 0; from < builds; from += batch) {
      fillBuilds(database, from, Math.min(builds, from + batch), begin);
      if (builds > batch) tell(`${from + batch} of ${builds} builds are filled in`);
    }
    database.exec(
      `insert into builder_numbers (builder, last) select builder, max(number) from builds group by builder;
       pragma journal_mode = wal`,
    );
  } finally {
    database.close();
  }
  fs.writeFileSync(whole, '');
  return data;
}

const plan = JSON.stringify({
  version: 1,
  properties: {},
  env: {},
  steps: Array.from({ length: filled.stepsPerBuild }, (_, step) => ({
    kind: 'sh',
    name: `step ${step}`,
    command: { args: ['true'] },
    folder: '.',
    separateStreams: false,
    limits: {},
    killGraceMs: 10_000,
    logBytesMax: 1024 ** 3,
    env: {},
    always: false,
  })),
  onSilence: 'retry',
  lostAfterMs: 120_000,
});

/** The builds with the ids `from + 1` up to `to`; `begin` is when the first of all began. */
function fillBuilds(database: DatabaseSync, from: number, to: number, begin: number): void {
  // Builders and workers by a step that has no factor in common with how many there are: every one in turn, mixed.
  const build = `with recursive n(i) as (select ${from + 1} union all select i + 1 from n where i < ${to}),
    b as (select i, 'b' || ((i * 7919) % ${filled.builders}) as builder, (i - 1) / ${filled.builders} + 1 as number,
      'w' || ((i * 104729) % ${filled.workers}) as worker, printf('%040x', (i - 1) / 10 + 1) as revision,
      cast(${begin} + i * ${everyMs} as integer) as at, case when i % 10 = 0 then 'failure' else 'success' end as result from n)`;
  const five = `(select 0 as k union all select 1 union all select 2 union all select 3 union all select 4)`;
  database.exec(`begin;
    insert or ignore into plans (hash, plan) values ('${'a'.repeat(64)}', '${plan}');
    insert into changes (repository, branch, revision, author, message, committed_at, seen_at, files)
      ${build} select 'app', 'main', revision, 'dev' || (i % 200), 'Bug ' || i || ' - fix things', at, at, '[]' from b where i % 10 = 1;
    insert into buildsets (id, scheduler, reason, repository, branch, revision, properties, created_at)
      ${build} select i, 'every-push', 'A change', 'app', 'main', revision, '{}', at - 30000 from b;
    insert into requests (id, buildset, builder, state, priority, created_at, not_before, fence, build, result, finished_at)
      ${build} select i, i, builder, 'finished', 0, at - 30000, at - 30000, 1, i, result, at + 600000 from b;
    insert into builds (id, builder, number, request, fence, worker, slot, plan, generation, on_silence, retries_max,
        retry_first_ms, lost_after_ms, state, result, repository, branch, revision, started_at, finished_at, seq, hash, byte,
        last_step, logs, journal_ended)
      ${build} select i, builder, number, i, 1, worker, 0, '${'a'.repeat(64)}', 'g', 'retry', 3, 1000, 120000, 'finished', result,
        'app', 'main', revision, at, at + 600000, 28, '${'0'.repeat(64)}', 4000, 4, 5, 1 from b;
    insert into properties (build, name, value, source)
      ${build} select i, 'property-' || k, '"value ' || (i * 5 + k) % 1000 || '"', 'builder' from b, ${five};
    insert into steps (build, step, name, state, result, exit_code, started_at, finished_at)
      ${build} select i, k, 'step ' || k, 'finished', 'success', 0, at + k * 100000, at + k * 100000 + 99000 from b, ${five};
    insert into logs (build, step, log, name, stream, lines, bytes, state, complete, merged)
      ${build} select i, k, k, 'output', 'combined', 0, 0, 'closed', 1, 1 from b, ${five};
    commit`);
}
