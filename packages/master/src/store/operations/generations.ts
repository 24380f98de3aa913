import type { ChangeCounts, ConfigDiff, Generation } from '@millrace/protocol/api/configs';
import { operation, query, row, rows, run } from '../operation.ts';
import type { Transaction, Work } from '../operation.ts';
import { emit } from './emit.ts';

/** A config comes into force. */
export interface EnterGeneration {
  readonly master: string;
  readonly how: Generation['how'];
  readonly by: string | null;
  /** What was in force until now, as this master knows it. */
  readonly before: string | null;
  readonly generation: string;
  readonly counts: ChangeCounts;
  readonly diff: ConfigDiff;
  /** The whole of it, as JSON, without passwords. */
  readonly config: string;
  /** Names. Those that are in the store and not here have left the config. */
  readonly schedulers: readonly string[];
  readonly workers: readonly string[];
  /** Those that leave with this one, with their entries in the config before it, as JSON. */
  readonly departed: readonly { readonly name: string; readonly entry: string }[];
  readonly repositoriesGone: readonly string[];
  /** Workers go by another `lostAfterMs` from now on: each has its full grace. */
  readonly graceAnew: boolean;
  /** Do nothing where a scheduler that leaves has changes to decide about: it is asked again. */
  readonly patient: boolean;
}

export type Entered =
  | { readonly kind: 'entered' }
  /** These schedulers leave, and have not seen every change yet. */
  | { readonly kind: 'behind'; readonly schedulers: readonly string[] };

/** So many are kept of each master. */
export const generationsMax = 200;

/**
 * What the store must know of the config in force, all in one: the cursors of schedulers that come begin at the
 * newest change, those of schedulers that leave stand still, and nobody decides for them any more.
 */
export const enterGeneration = operation(
  'generations.enter',
  function* (tx, input: EnterGeneration): Work<Entered> {
    const leaving = yield* schedulersLeaving(tx, input);
    if (input.patient) {
      const behind: string[] = [];
      for (const { name, cursor, held_at: heldAt } of leaving)
        if (heldAt === null && (yield* row('select id from changes where id > ? limit 1', cursor)))
          behind.push(name);
      if (behind.length > 0) return { kind: 'behind', schedulers: behind };
    }
    for (const { name } of leaving)
      yield* run('update schedulers set left_at = ? where name = ?', tx.now, name);
    for (const name of input.schedulers) yield* openScheduler(name);
    for (const name of input.workers) yield* run('update workers set former = null where name = ?', name);
    for (const { name, entry } of input.departed)
      yield* run('update workers set former = ? where name = ?', entry, name);
    for (const name of input.repositoriesGone)
      yield* run('delete from branch_heads where repository = ?', name);
    if (input.graceAnew) yield* run('update listening set since = ? where id = 1', tx.now);
    yield* keepGeneration(tx, input);
    const { master, by, before, generation: after, counts } = input;
    const consequences = input.diff.consequences.slice(0, consequencesMax).map(({ message }) => message);
    yield* emit(tx, {
      type: input.how === 'start' ? 'config.loaded' : 'config.reloaded',
      data: { master, by, before, after, counts, consequences },
    });
    return { kind: 'entered' };
  },
);

/** More of them stand with the generation itself. */
const consequencesMax = 20;
/** A master that was heard of within this time has schedulers of its own to keep. */
const livesMs = 10_000;

interface Leaving {
  name: string;
  cursor: number;
  /** Somebody has stopped it for a while: it looks at nothing, and is not waited for. */
  held_at: number | null;
}

function* schedulersLeaving(tx: Transaction, input: EnterGeneration): Work<readonly Leaving[]> {
  // A start says nothing about what another master does; somebody who reloads means what he says.
  const other =
    input.how === 'start' &&
    (yield* row(
      'select name from masters where name <> ? and stopped_at is null and seen_at > ?',
      input.master,
      tx.now - livesMs,
    )) !== undefined;
  if (other) return [];
  const open = yield* rows<Leaving>(
    'select name, cursor, held_at from schedulers where left_at is null order by name',
  );
  const stays = new Set(input.schedulers);
  return open.filter(({ name }) => !stays.has(name));
}

/** One that is new, or was away, begins at the newest change: what was there before is not built. */
function* openScheduler(name: string): Work<void> {
  yield* run(
    `insert into schedulers (name, cursor, state)
     select cast(? as text), coalesce(max(id), 0), '{}' from changes where true
     on conflict (name) do update set cursor = excluded.cursor, left_at = null where schedulers.left_at is not null`,
    name,
  );
}

function* keepGeneration(tx: Transaction, input: EnterGeneration): Work<void> {
  // Started again with what it had: that is no other version.
  if (input.how === 'start' && input.before === input.generation) return;
  yield* run('update generations set config = null where master = ? and config is not null', input.master);
  yield* run(
    `insert into generations (master, generation, previous, how, by_whom, entered_at, counts, diff, config)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    input.master,
    input.generation,
    input.before,
    input.how,
    input.by,
    tx.now,
    JSON.stringify(input.counts),
    JSON.stringify(input.diff),
    input.config,
  );
  yield* run(
    `delete from generations where master = ? and id <=
       (select id from generations where master = ? order by id desc limit 1 offset ?)`,
    input.master,
    input.master,
    generationsMax,
  );
}

export interface RefusedGeneration {
  readonly master: string;
  readonly by: string | null;
  /** What stays in force. */
  readonly generation: string;
  readonly code: string;
  /** Lines for people. */
  readonly problems: readonly string[];
}

/** A config was not taken, and the one before it stays in force. */
export const refuseGeneration = operation(
  'generations.refuse',
  function* (tx, input: RefusedGeneration): Work<void> {
    const { master, by, generation, code, problems } = input;
    const data = { master, by, before: generation, after: generation, code, problems: problems.slice(0, 50) };
    yield* emit(tx, { type: 'config.reload-failed', data });
  },
);

interface GenerationRow {
  id: number;
  generation: string;
  previous: string | null;
  how: Generation['how'];
  by_whom: string | null;
  entered_at: number;
  counts: string;
  diff: string;
}

/** Those of a master, newest first, each with its id in the list. */
export const listGenerations = query(
  'generations.list',
  function* (
    _tx,
    input: { readonly master: string; readonly before?: number | undefined; readonly limit: number },
  ): Work<readonly (Generation & { readonly id: number })[]> {
    const found = yield* rows<GenerationRow>(
      `select id, generation, previous, how, by_whom, entered_at, counts, diff from generations
       where master = ? and id < ? order by id desc limit ?`,
      input.master,
      input.before ?? Number.MAX_SAFE_INTEGER,
      input.limit,
    );
    return found.map((one) => ({
      id: one.id,
      generation: one.generation,
      before: one.previous,
      how: one.how,
      by: one.by_whom,
      enteredAt: one.entered_at,
      counts: JSON.parse(one.counts) as ChangeCounts,
      diff: JSON.parse(one.diff) as ConfigDiff,
    }));
  },
);

/** What was in force when this master last had a config; undefined: it never had one. */
export const lastGeneration = query(
  'generations.last',
  function* (
    _tx,
    input: { readonly master: string },
  ): Work<{ readonly generation: string; readonly config: string } | undefined> {
    return yield* row<{ generation: string; config: string }>(
      `select generation, config from generations where master = ? and config is not null order by id desc limit 1`,
      input.master,
    );
  },
);
