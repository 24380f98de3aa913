import { insertMany, operation, query, row, rows, run } from '@millrace/master/store/operation';
import { emit } from '@millrace/master/store/operations/emit';

/* What the behaviours ask of a store beside its own operations. In a file of its own: a store in a thread loads it there. */

interface SeenBuild {
  state: string;
  result: string | null;
  reason: string | null;
  message: string | null;
  seq: number;
  byte: number;
}
export const seeBuild = query('test.see-build', function* (_tx, build: number) {
  return yield* row<SeenBuild>(
    'select state, result, reason, message, seq, byte from builds where id = ?',
    build,
  );
});
export const seeSteps = query('test.see-steps', function* (_tx, build: number) {
  return yield* rows(
    'select step, name, state, result, reason, exit_code from steps where build = ? order by step',
    build,
  );
});
export const seeLogs = query('test.see-logs', function* (_tx, build: number) {
  return yield* rows<{ id: number }>(
    'select id, step, log, name, lines, bytes, chunks, gap_bytes, state, complete from logs where build = ? order by log',
    build,
  );
});
export const seeChunks = query('test.see-chunks', function* (_tx, log: number) {
  return yield* rows<{ segment: number | null; place: number | null; stored_bytes: number; bytes: number }>(
    'select segment, place, stored_bytes, bytes from chunks where log = ? order by first_byte',
    log,
  );
});
export const seeEvents = query('test.see-events', function* (_tx, build: number) {
  return (yield* rows<{ type: string }>('select type from events where build = ? order by seq', build)).map(
    (event) => event.type,
  );
});
export const seeRequest = query('test.see-request', function* (_tx, request: number) {
  return yield* row('select state, result, reason from requests where id = ?', request);
});
/** Rows of a table, of one build or log where that is given. */
export const countRows = query(
  'test.count-rows',
  function* (_tx, { table, build, log }: { table: string; build?: number; log?: number }) {
    const [column, value] = build === undefined ? ['log', log ?? null] : ['build', build];
    const found = yield* row<{ rows: number }>(
      value === null
        ? `select count(*) as rows from ${table}`
        : `select count(*) as rows from ${table} where ${column} = ?`,
      ...(value === null ? [] : [value]),
    );
    return found?.rows ?? 0;
  },
);
export const disconnectAll = operation('test.disconnect', function* () {
  yield* run('update workers set connected = 0');
});
/** What a hello does with a build that ended as lost under its whole journal. */
export const adoptAsLost = operation(
  'test.adopt',
  function* (_tx, at: { readonly build: number; readonly request: number }) {
    yield* run(`update builds set state = 'running', result = null, reason = null where id = ?`, at.build);
    yield* run(`update requests set state = 'claimed' where id = ?`, at.request);
  },
);

/** Events numbered in their data, one operation. */
export const tell = operation(
  'test.tell',
  function* (tx, input: { readonly from: number; readonly count: number; readonly builder?: string }) {
    for (let number = input.from; number < input.from + input.count; number++) {
      yield* emit(tx, { type: 'change.added', builder: input.builder ?? 'linux', data: { number } });
    }
  },
);

/** Empties a store, but for its own identity: opening one anew for each test takes most of its time. */
export const wipe = operation('test.wipe', function* (tx) {
  const tables = yield* rows<{ name: string }>(
    tx.dialect === 'postgres'
      ? `select tablename as name from pg_tables where schemaname = current_schema() and tablename not in ('meta', 'segments')`
      : `select name from sqlite_master where type = 'table' and name not in ('meta', 'segments')`,
  );
  for (const { name } of tables) {
    // Numbers of kept bytes are given out ahead: they do not begin anew under a store that is open.
    const identity = name === 'kept_bytes' ? 'continue' : 'restart';
    yield* run(tx.dialect === 'postgres' ? `truncate ${name} ${identity} identity` : `delete from ${name}`);
  }
});

/** A fault of the program after an operation: it ends the thread that the store works in. */
export const dieAfterwards = operation('test.die', function* () {
  yield* rows('select 1');
  setImmediate(() => {
    throw new Error('planted');
  });
});

/** Buildsets with these reasons, in one insert: what the store says are their ids. */
export const insertReasons = operation('test.insert-reasons', function* (tx, reasons: readonly string[]) {
  return yield* insertMany(
    `insert into buildsets (reason, properties, created_at) values ${reasons.map(() => '(?, ?, ?)').join(', ')}`,
    reasons.length,
    reasons.flatMap((reason) => [reason, '{}', tx.now]),
  );
});
export const seeReasons = query('test.see-reasons', function* (_tx, ids: readonly number[]) {
  const found: (string | undefined)[] = [];
  for (const id of ids)
    found.push((yield* row<{ reason: string }>('select reason from buildsets where id = ?', id))?.reason);
  return found;
});
