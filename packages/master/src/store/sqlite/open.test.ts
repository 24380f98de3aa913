import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemRandom } from '@millrace/kernel/random';
import { dieAfterwards, seeEvents, tell } from '@millrace/testkit/conformance/test-operations';
import { operation, query, row, run } from '../operation.ts';
import type { Operation } from '../operation.ts';
import { eventsHead } from '../operations/events.ts';
import type { Store } from '../store.ts';
import { openEngine } from './open-engine.ts';
import { openSqlite } from './open.ts';

const operationModules = [import.meta.resolve('@millrace/testkit/conformance/test-operations')];

describe('a data folder', () => {
  let folder: string;
  const stores: Store[] = [];
  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'millrace-open-')), 'data');
  });
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close();
    rmSync(join(folder, '..'), { recursive: true });
  });
  const open = async (inPlace: boolean): Promise<Store> => {
    const store = await openSqlite({ folder, inPlace, synchronous: 'off', operationModules });
    stores.push(store);
    return store;
  };

  test.each([true, false])('has one owner, until it is closed (in place: %s)', async (inPlace) => {
    const first = await open(inPlace);
    await expect(openSqlite({ folder, inPlace })).rejects.toMatchObject({ code: 'folder-in-use' });
    await first.close();
    await open(inPlace);
  });

  test("is free again when its owner's process was killed", async () => {
    const program = `
      const { openSqlite } = await import(${JSON.stringify(import.meta.resolve('./open.ts'))});
      await openSqlite({ folder: ${JSON.stringify(folder)}, inPlace: true });
      console.log('open');
      setInterval(() => {}, 1000);`;
    const owner = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(owner.stdout, 'data');
    await expect(open(true)).rejects.toMatchObject({ code: 'folder-in-use' });
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    await open(true);
  });

  test('keeps its epoch and what was committed, whichever way it is opened', async () => {
    const first = await open(false);
    await first.do(tell, { from: 0, count: 3 });
    const { epoch } = first;
    await first.close();
    const second = await open(true);
    expect(second.epoch).toBe(epoch);
    expect(await second.do(eventsHead, undefined)).toMatchObject({ seq: 3 });
  });

  test('closing commits and answers what was asked before, and then refuses', async () => {
    const store = await open(false);
    const asked = [0, 1, 2].map((number) => store.do(tell, { from: number, count: 1 }));
    await store.close();
    await Promise.all(asked);
    await expect(store.do(tell, { from: 3, count: 1 })).rejects.toMatchObject({ code: 'store-closed' });
    expect(await (await open(true)).do(eventsHead, undefined)).toMatchObject({ seq: 3 });
  });

  test('of a later version is refused and not touched', async () => {
    const store = await open(true);
    const later = operation('test.later', function* (_tx, _input: undefined) {
      yield* run(`update meta set value = '999' where key = 'schema'`);
    });
    await store.do(later, undefined);
    await store.close();
    await expect(openSqlite({ folder })).rejects.toMatchObject({ code: 'schema-too-new' });
    await expect(openSqlite({ folder, inPlace: true })).rejects.toMatchObject({ code: 'schema-too-new' });
  });

  test('that another program writes to says so, and goes on when it has ended', () => {
    const parent = join(folder, '..');
    const opened = openEngine({ folder: parent, now: () => 1, random: systemRandom, busyMs: 10 });
    const call = { operation: tell as Operation<unknown, unknown>, input: { from: 0, count: 1 } };
    const other = new DatabaseSync(join(parent, 'millrace.db'));
    try {
      other.exec('begin immediate');
      expect(opened.engine.commitGroup([call])).toMatchObject({
        kind: 'failed',
        error: { code: 'store-busy' },
      });
      other.close();
      expect(opened.engine.commitGroup([call])).toMatchObject({ kind: 'committed' });
    } finally {
      opened.close();
    }
  });

  test('is one file again after it was closed in order', async () => {
    const store = await open(false);
    await store.do(tell, { from: 0, count: 1 });
    await store.do(eventsHead, undefined);
    await store.close();
    expect(readdirSync(folder).sort()).toEqual(['lock', 'millrace.db', 'segments']);
  });

  test('a full database refuses writes, keeps what was there, and goes on when there is room', () => {
    const opened = openEngine({ folder: join(folder, '..'), now: () => 1, random: systemRandom });
    const write = operation('test.write', function* (_tx, input: { key: string; bytes: number }) {
      yield* run('insert into meta (key, value) values (?, ?)', input.key, 'x'.repeat(input.bytes));
    });
    const has = query('test.has', function* (_tx, key: string) {
      return (yield* row('select key from meta where key = ?', key)) !== undefined;
    });
    const limit = operation('test.limit', function* (_tx, _input: undefined) {
      yield* row('pragma max_page_count = 200');
    });
    const commit = (one: Operation<never, unknown>, input: unknown) =>
      opened.engine.commitGroup([{ operation: one as Operation<unknown, unknown>, input }]);
    try {
      commit(limit, undefined);
      expect(commit(write, { key: 'small', bytes: 10 })).toMatchObject({ kind: 'committed' });
      const large = commit(write, { key: 'large', bytes: 4_000_000 });
      expect(large).toMatchObject({ kind: 'failed', error: { code: 'disk-full' } });
      expect(commit(write, { key: 'after', bytes: 10 })).toMatchObject({ kind: 'committed' });
      const ask = (key: string) =>
        opened.reader.query({ operation: has as Operation<unknown, unknown>, input: key });
      expect(['small', 'large', 'after'].map(ask)).toMatchObject([
        { answer: true },
        { answer: false },
        { answer: true },
      ]);
    } finally {
      opened.close();
    }
  });

  test('what an operation throws in the thread arrives as what it was', async () => {
    const store = await open(false);
    const unknown = operation('test.unknown', function* (_tx, _input: undefined) {
      return yield* row('select 1');
    });
    await expect(store.do(unknown, undefined)).rejects.toMatchObject({ name: 'AssertionError' });
    await expect(store.do(tell, { from: 0, count: 1, builder: {} as string })).rejects.toThrow(/bound|bind/i);
    expect(await store.do(seeEvents, 0)).toEqual([]);
  });

  test('a thread that dies is told of, and whoever waits is answered', async () => {
    const died = Promise.withResolvers<Error>();
    const onDeath = (error: Error): void => died.resolve(error);
    const store = await openSqlite({ folder, synchronous: 'off', operationModules, onDeath });
    // Whether its commit or the death comes first is the thread's matter: it is answered either way.
    await store.do(dieAfterwards, undefined).catch((error: unknown) => {
      expect(error).toMatchObject({ message: 'planted' });
    });
    expect(await died.promise).toMatchObject({ message: 'planted' });
    await expect(store.do(tell, { from: 0, count: 1 })).rejects.toThrow('planted');
    await store.close();
  });
});
