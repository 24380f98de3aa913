import type { Dialect } from '../operation.ts';
import { spine } from './0001-spine.ts';
import { plans } from './0002-plans.ts';
import { sources } from './0004-sources.ts';
import { generations } from './0005-generations.ts';
import { holds } from './0006-holds.ts';
import { workersKnown } from './0007-workers-known.ts';
import { retention } from './0008-retention.ts';
import { load } from './0010-load.ts';
import { buildsByTime } from './0011-builds-by-time.ts';
import { requestsLater } from './0013-requests-later.ts';
import { buildsInFewerIndexes } from './0014-builds-in-fewer-indexes.ts';

export interface Migration {
  /** From 1, rising: the schema's version after it. */
  readonly version: number;
  readonly name: string;
  readonly text: string;
  /** What only PostgreSQL needs, after `text`. */
  readonly postgres?: string;
}

/** Every step from an empty store to today's, in order. A released one is never changed. */
export const migrations: readonly Migration[] = [
  {
    version: 1,
    name: 'spine',
    text: spine,
    postgres: 'create index events_place on events (xid, seq);',
  },
  { version: 2, name: 'plans', text: plans },
  { version: 4, name: 'sources', text: sources },
  { version: 5, name: 'generations', text: generations },
  { version: 6, name: 'holds', text: holds },
  { version: 7, name: 'workers-known', text: workersKnown },
  { version: 8, name: 'retention', text: retention },
  { version: 10, name: 'load', text: load },
  { version: 11, name: 'builds-by-time', text: buildsByTime },
  { version: 13, name: 'requests-later', text: requestsLater },
  { version: 14, name: 'builds-in-fewer-indexes', text: buildsInFewerIndexes },
];

/** The version that this program reads and writes. */
export const schemaVersion = Math.max(...migrations.map(({ version }) => version));

/** What a store of this version has still to go through. */
export function migrationsAfter(version: number): readonly Migration[] {
  return migrations.filter((migration) => migration.version > version);
}

const words: Readonly<Record<Dialect, Readonly<Record<string, string>>>> = {
  sqlite: {
    // AUTOINCREMENT: a number that was once given out is never given out again, whatever is removed.
    id: 'integer primary key autoincrement',
    int: 'integer',
    bytes: 'blob',
    xid: '',
    rowless: 'without rowid',
  },
  postgres: {
    id: 'bigint generated always as identity primary key',
    int: 'bigint',
    bytes: 'bytea',
    xid: 'xid xid8 not null default pg_current_xact_id(),',
    rowless: '',
  },
};

/** A migration's statements for one store. */
export function statementsOf(migration: Migration, dialect: Dialect): string {
  return inDialect(migration.text, dialect) + (dialect === 'postgres' ? (migration.postgres ?? '') : '');
}

/** A text with its `{words}` as the dialect says them. An unknown word stays, and fails in the store. */
function inDialect(text: string, dialect: Dialect): string {
  return text.replaceAll(/\{([a-z]+)\}/g, (whole, word: string) => words[dialect][word] ?? whole);
}
