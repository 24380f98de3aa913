import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '@millrace/kernel/clock';
import { systemRandom } from '@millrace/kernel/random';
import { newClient } from '@millrace/master/store/postgres/connections';
import { examineDatabase } from '@millrace/master/store/postgres/examine';
import { giveNewEpoch } from '@millrace/master/store/postgres/new-epoch';
import { openPostgres } from '@millrace/master/store/postgres/open';
import { migrations, schemaVersion, statementsOf } from '@millrace/master/store/migrations/migrations';
import { keep, operation, row, rows, run, signal } from '@millrace/master/store/operation';
import { addChange, changesAdd, changesAfter } from '@millrace/master/store/operations/changes';
import type { NewChange } from '@millrace/master/store/operations/changes';
import { eventsHead, readEvents } from '@millrace/master/store/operations/events';
import { startMasterRow, stopMasterRow } from '@millrace/master/store/operations/masters';
import { firstLogBytes, firstSchemaRows } from '@millrace/testkit/conformance/first-schema';
import { tell } from '@millrace/testkit/conformance/test-operations';
import { upgradedBehaviours } from '@millrace/testkit/conformance/upgraded-behaviours';
import { startPostgres } from '@millrace/testkit/postgres';
import type { StartedPostgres } from '@millrace/testkit/postgres';
import { shippedPostgres } from '@millrace/testkit/postgres-binaries';

const start = { xid: 0, seq: 0 };
const wake = operation('test.wake', function* (_tx, log: number) {
  yield* signal({ topic: 'log', log });
});
const count = operation('test.count', function* (_tx, key: string) {
  const found = yield* row<{ value: string }>('select value from meta where key = ?', key);
  if (found) yield* run('update meta set value = ? where key = ?', String(Number(found.value) + 1), key);
  else yield* run('insert into meta (key, value) values (?, ?)', key, '1');
});

describe('a store on PostgreSQL', () => {
  let server: StartedPostgres;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());

  test('two masters that open an empty database at once make one schema and one epoch', async () => {
    const connection = await server.createDatabase();
    const stores = await Promise.all([0, 1, 2].map(() => openPostgres({ connection })));
    expect(new Set(stores.map((store) => store.epoch)).size).toBe(1);
    await Promise.all(stores.map((store) => store.close()));
  });

  test("a signal reaches the other masters, and one's own listeners once", async () => {
    const connection = await server.createDatabase();
    const [one, other] = await Promise.all([openPostgres({ connection }), openPostgres({ connection })]);
    const own: unknown[] = [];
    one.onSignal((heard) => own.push(heard));
    const reached = new Promise((resolve) => {
      other.onSignal((heard) => heard.topic === 'log' && heard.log === 8 && resolve(heard));
    });
    await one.do(wake, 7);
    await one.do(wake, 8);
    expect(await reached).toEqual({ topic: 'log', log: 8 });
    expect(own).toEqual([
      { topic: 'log', log: 7 },
      { topic: 'log', log: 8 },
    ]);
    await one.close();
    await other.close();
  });

  test('keeps bytes, and says which are gone', async () => {
    const store = await openPostgres({ connection: await server.createDatabase() });
    const keepBytes = operation('test.keep', function* (_tx, bytes: Uint8Array) {
      return yield* keep(bytes);
    });
    const place = await store.do(keepBytes, Buffer.from('some bytes').subarray(5));
    expect(Buffer.from(await store.read(place, 5)).toString()).toBe('bytes');
    expect(Buffer.from(await store.read({ ...place, offset: 1 }, 3)).toString()).toBe('yte');
    await expect(store.read({ ...place, segment: place.segment + 1 }, 5)).rejects.toMatchObject({
      code: 'bytes-missing',
    });
    await store.close();
  });

  test('an event that was numbered before it could be seen is not missed', async () => {
    const connection = await server.createDatabase();
    const store = await openPostgres({ connection });
    const slow = newClient(connection);
    await slow.connect();
    await slow.query('begin');
    await slow.query(`insert into events (at, type, data) values (1, 'change.added', '{"number":0}')`);
    await store.do(tell, { from: 1, count: 1 });
    const before = await store.do(readEvents, { after: start, limit: 10, filter: {} });
    expect(before).toMatchObject({ events: [], place: start, atHead: true });
    await slow.query('commit');
    await slow.end();
    const after = await store.do(readEvents, { after: before.place, limit: 10, filter: {} });
    expect(after.events.map((event) => event.data)).toEqual(['{"number":0}', '{"number":1}']);
    await store.close();
  });

  test('a change whose transaction is slow is not passed over for one that came after it and was quicker', async () => {
    const connection = await server.createDatabase();
    const store = await openPostgres({ connection });
    const second = await openPostgres({ connection });
    const gate = newClient(connection);
    await gate.connect();
    await gate.query(`select pg_advisory_lock(${slowness})`);
    const slow = store.do(addSlowly, changeOf('slow'));
    await until(gate, `select 1 from pg_locks where not granted and objid = ${slowness}`);
    const quick = { isAdded: false };
    const adding = second.do(changesAdd, changeOf('quick')).then(() => {
      quick.isAdded = true;
    });
    // Either it waits for the slow one, or it has been added: a scheduler reads now.
    while (!quick.isAdded && !(await has(gate, 'select 1 from pg_locks where not granted offset 1')));
    const seen: string[] = [];
    let after = 0;
    const read = async (): Promise<void> => {
      for (const { id, revision } of await second.do(changesAfter, { after, limit: 10 })) {
        seen.push(revision);
        after = id;
      }
    };
    await read();
    await gate.query(`select pg_advisory_unlock(${slowness})`);
    await Promise.all([slow, adding]);
    await read();
    expect(seen).toEqual(['slow', 'quick']);
    await gate.end();
    await store.close();
    await second.close();
  });

  test('operations that collide are run again', async () => {
    const connection = await server.createDatabase();
    const [one, other] = await Promise.all([openPostgres({ connection }), openPostgres({ connection })]);
    // Both insert one key: the loser meets the winner's row when it runs again.
    await Promise.all([one.do(count, 'key'), other.do(count, 'key')]);
    const value = operation('test.value', function* (_tx, _input: undefined) {
      return yield* row(`select value from meta where key = 'key'`);
    });
    expect(['1', '2']).toContain(((await one.do(value, undefined)) as { value: string }).value);
    await one.close();
    await other.close();
  });

  test('goes on after its connections were cut', async () => {
    const connection = await server.createDatabase();
    const store = await openPostgres({ connection });
    const woken = new Promise((resolve) => {
      store.onSignal((heard) => heard.topic === 'slots' && resolve(heard));
    });
    const admin = newClient(connection);
    await admin.connect();
    await admin.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()',
    );
    await admin.end();
    // The listening connection comes back by itself, and says that anything may have happened.
    await woken;
    await store.do(tell, { from: 0, count: 1 });
    expect(await store.do(eventsHead, undefined)).toMatchObject({ seq: 1 });
    await store.close();
  });

  test('a database that was put back elsewhere has a new epoch, and its events keep their order', async () => {
    const connection = await server.createDatabase();
    const store = await openPostgres({ connection });
    await store.do(tell, { from: 0, count: 3 });
    const { epoch } = store;
    await store.close();
    const restored = newClient(connection);
    await restored.connect();
    // As a restore into a young cluster leaves it: transactions numbered beyond all that have been here.
    await restored.query(`update events set xid = '999999999999'`);
    await restored.end();
    const again = await openPostgres({ connection });
    expect(again.epoch).not.toBe(epoch);
    await again.do(tell, { from: 3, count: 1 });
    const { events } = await again.do(readEvents, { after: start, limit: 10, filter: {} });
    expect(events.map((event) => event.data)).toEqual(
      [0, 1, 2, 3].map((number) => JSON.stringify({ number })),
    );
    await again.close();
  });

  test('a database that was put back from a copy is given a new epoch by hand, while no master lives', async () => {
    const connection = await server.createDatabase();
    await expect(giveNewEpoch(connection, systemRandom)).rejects.toMatchObject({ code: 'no-store' });
    const store = await openPostgres({ connection });
    await store.do(tell, { from: 0, count: 3 });
    const beat = { master: 'm', incarnation: 'i', beatMs: 1_000 };
    await store.do(startMasterRow, beat);
    await expect(giveNewEpoch(connection, systemRandom)).rejects.toMatchObject({ code: 'store-in-use' });
    await store.do(stopMasterRow, beat);
    const { epoch } = store;
    await store.close();
    const given = await giveNewEpoch(connection, systemRandom);
    const again = await openPostgres({ connection });
    expect(again.epoch).toBe(given);
    expect(given).not.toBe(epoch);
    const { events } = await again.do(readEvents, { after: start, limit: 10, filter: {} });
    expect(events.slice(0, 3).map((event) => event.data)).toEqual(
      [0, 1, 2].map((number) => JSON.stringify({ number })),
    );
    await again.close();
  });

  const firstSchema = async () => {
    const connection = await server.createDatabase();
    const client = newClient(connection);
    await client.connect();
    const [first] = migrations;
    if (first) await client.query(statementsOf(first, 'postgres'));
    await client.query(`insert into meta (key, value) values ('schema', '1'), ('epoch', 'first')`);
    await client.query('insert into kept_bytes (data) values ($1)', [firstLogBytes]);
    for (const row of firstSchemaRows) await client.query(row);
    await client.end();
    return connection;
  };
  upgradedBehaviours('PostgreSQL', async () => openPostgres({ connection: await firstSchema() }));

  test('a database of a later schema is refused, and not touched', async () => {
    const connection = await server.createDatabase();
    await (await openPostgres({ connection })).close();
    const client = newClient(connection);
    await client.connect();
    await client.query(`update meta set value = $1 where key = 'schema'`, [String(schemaVersion + 1)]);
    await expect(openPostgres({ connection })).rejects.toMatchObject({ code: 'schema-too-new' });
    await client.end();
  });

  test('is looked at beside its masters, and tells who holds back the newest events', async () => {
    const connection = await server.createDatabase();
    expect(await examineDatabase(connection, systemClock)).toMatchObject({ schema: 0, damages: [] });
    await (await openPostgres({ connection })).close();
    const sound = await examineDatabase(connection, systemClock);
    expect(sound).toMatchObject({ schema: schemaVersion, damages: [], oddities: [] });
    expect(Math.abs(sound.clockAheadMs ?? Infinity)).toBeLessThan(60_000);
  });

  test('a database that is not there is told as such', async () => {
    await expect(
      openPostgres({ connection: { host: '/nowhere/at/all', user: 'nobody', database: 'none' } }),
    ).rejects.toMatchObject({ code: 'store-unreachable' });
  });
});

test('the PostgreSQL that npm ships starts too', async () => {
  const server = await startPostgres((scratch) => {
    const shipped = shippedPostgres(scratch);
    if (!shipped) throw new Error(`npm ships none for ${process.platform}-${process.arch}`);
    return shipped;
  });
  try {
    const client = newClient(await server.createDatabase());
    await client.connect();
    const { rows } = await client.query<{ one: number }>('select 1 as one');
    await client.end();
    expect(rows).toEqual([{ one: 1 }]);
  } finally {
    await server.stop();
  }
});

/** A number of a lock that the test holds, for an operation to wait for. */
const slowness = 4_711;

const addSlowly = operation('test.add-slowly', function* (tx, change: NewChange) {
  const added = yield* addChange(tx, change);
  yield* rows(`select pg_advisory_xact_lock(${slowness})`);
  return added;
});

function changeOf(revision: string): NewChange {
  return {
    repository: 'app',
    branch: 'main',
    revision,
    author: '',
    message: '',
    committedAt: null,
    files: [],
  };
}

async function has(client: ReturnType<typeof newClient>, question: string): Promise<boolean> {
  const { rowCount } = await client.query(question);
  return (rowCount ?? 0) > 0;
}

async function until(client: ReturnType<typeof newClient>, question: string): Promise<void> {
  while (!(await has(client, question)));
}
