import { zstdCompressSync } from 'node:zlib';

/*
 * A store as the first millrace left it: every table of the first schema with a row or two. Texts that both databases
 * accept; ids are given out by the database, from 1. Frozen: it stands for stores that are out there.
 */

export const firstLogText = 'hello from the first schema\nand good bye\n';
/** The one piece of the one log, as it was kept. */
export const firstLogBytes: Uint8Array = zstdCompressSync(Buffer.from(firstLogText));

const plan = JSON.stringify({
  version: 1,
  properties: { colour: 'blue' },
  env: {},
  steps: [
    {
      kind: 'sh',
      name: 'make',
      command: { line: 'make' },
      folder: '.',
      separateStreams: false,
      limits: { noOutputMs: null, totalMs: null },
      killGraceMs: 1000,
      logBytesMax: 1_000_000,
      env: {},
      always: false,
    },
  ],
  onSilence: 'retry',
  lostAfterMs: 120_000,
});
const at = 1_700_000_000_000;
const revision = 'a'.repeat(40);
const bytes = firstLogText.length;

const build = (number: number, request: number, state: string, rest: string): string =>
  `insert into builds (builder, number, request, fence, worker, slot, plan, generation, on_silence, retries_max,
     retry_first_ms, state, result, repository, branch, revision, started_at, finished_at, seq, hash, byte, journal_ended)
   values ('linux', ${number}, ${request}, 1, 'w1', ${number}, 'p1', 'g1', 'retry', 3, 1000, '${state}', ${rest})`;

/** In their order; the bytes of the log are kept beside them, in segment 1 or as kept bytes 1. */
export const firstSchemaRows: readonly string[] = [
  `insert into events (at, type, builder, build, data) values (${at}, 'build.started', 'linux', 1, '{}')`,
  `insert into events (at, type, builder, build, data) values (${at}, 'build.finished', 'linux', 1, '{}')`,
  `insert into masters (name, incarnation, started_at, seen_at, stopped_at) values ('master', 'i', ${at}, ${at}, ${at})`,
  `insert into listening (id, since, until) values (1, ${at}, ${at})`,
  `insert into leases (name, holder, fence, expires_at) values ('schedulers', 'master', 3, ${at})`,
  `insert into workers (name, spool, slots, session, heard_at) values ('w1', 'spool', 4, 7, ${at})`,
  `insert into changes (repository, branch, revision, author, message, committed_at, seen_at, files)
   values ('app', 'main', '${revision}', 'Ann', 'Begin', ${at}, ${at}, '["a.c"]')`,
  `insert into branch_heads (repository, branch, revision, seen_at) values ('app', 'main', '${revision}', ${at})`,
  `insert into schedulers (name, cursor, state) values ('on-main', 1, '{}')`,
  `insert into buildsets (scheduler, reason, repository, branch, revision, properties, created_at)
   values ('on-main', 'a change', 'app', 'main', '${revision}', '{"colour":"blue"}', ${at})`,
  `insert into requests (buildset, builder, state, priority, created_at, not_before, fence, build, result, finished_at)
   values (1, 'linux', 'finished', 0, ${at}, ${at}, 1, 1, 'success', ${at})`,
  `insert into requests (buildset, builder, state, priority, created_at, not_before, fence, build)
   values (1, 'linux', 'claimed', 0, ${at}, ${at}, 1, 2)`,
  `insert into requests (buildset, builder, state, priority, created_at, not_before) values (1, 'linux', 'pending', 5, ${at}, ${at})`,
  `insert into plans (hash, plan) values ('p1', '${plan}')`,
  `insert into builder_numbers (builder, last) values ('linux', 2)`,
  build(1, 1, 'finished', `'success', 'app', 'main', '${revision}', ${at}, ${at}, 9, 'h', 900, 1`),
  build(2, 2, 'running', `null, 'app', 'main', '${revision}', ${at}, null, 0, 'h', 0, 0`),
  `insert into properties (build, name, value, source) values (1, 'colour', '"blue"', 'buildset')`,
  `insert into steps (build, step, name, state, result, exit_code, started_at, finished_at)
   values (1, 0, 'make', 'finished', 'success', 0, ${at}, ${at})`,
  `insert into logs (build, step, log, name, stream, lines, bytes, chunks, stored_bytes, state, complete, merged)
   values (1, 0, 0, 'output', 'combined', 2, ${bytes}, 1, ${firstLogBytes.length}, 'closed', 1, 1)`,
  `insert into chunks (log, first_byte, bytes, first_line, lines, at, segment, place, stored_bytes)
   values (1, 0, ${bytes}, 0, 2, ${at}, 1, 0, ${firstLogBytes.length})`,
  `insert into idempotency (key, call, answer, at) values ('k', 'force', '{}', ${at})`,
];
