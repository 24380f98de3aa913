import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import type { OpenedStore } from '@millrace/testkit/conformance/opened-store';
import { storeBehaviours } from '@millrace/testkit/conformance/store-behaviours';
import { wipe } from '@millrace/testkit/conformance/test-operations';
import { MovableClock } from '@millrace/testkit/movable-clock';
import { SeededRandom } from '@millrace/testkit/seeded-random';
import type { Store } from '../store.ts';
import { openSqliteInPlace } from './in-place.ts';
import { openSqlite } from './open.ts';

const operationModules = [import.meta.resolve('@millrace/testkit/conformance/test-operations')];
const clock = new MovableClock();
const folders: string[] = [];
const temporaryFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-store-'));
  folders.push(folder);
  return folder;
};
const quick = { clock, synchronous: 'off', commitWindowMs: 1 } as const;
const random = new SeededRandom(1);
const ways: Record<string, () => Promise<Store>> = {
  'SQLite in memory': async () => openSqliteInPlace({ folder: null, clock, random }),
  'SQLite in a folder': async () => openSqliteInPlace({ folder: temporaryFolder(), clock, random }),
  'SQLite in groups': () => openSqlite({ folder: temporaryFolder(), inPlace: true, ...quick }),
  'SQLite in its thread': () => openSqlite({ folder: temporaryFolder(), operationModules, ...quick }),
};

describe.each(Object.entries(ways))('%s', (name, open) => {
  let store: Store;
  beforeAll(async () => {
    store = await open();
  });
  afterAll(async () => {
    await store.close();
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  });
  const empty = async (): Promise<OpenedStore> => {
    await store.do(wipe, undefined);
    return { store, second: store, advance: async (ms) => clock.move(ms) };
  };
  storeBehaviours(name, empty);
});
