import { assert } from '@millrace/kernel/assert';
import { operation, query, row, rows, signal } from '../operation.ts';
import type { Transaction, Work } from '../operation.ts';
import { emit } from './emit.ts';

/** One commit or push seen in a repository. */
export interface NewChange {
  readonly repository: string;
  readonly branch: string;
  /** Absolute. */
  readonly revision: string;
  readonly author: string;
  readonly message: string;
  /** Milliseconds since 1970; null: unknown, taken as now. */
  readonly committedAt: number | null;
  readonly files: readonly string[];
  /** A page about it: https or http. */
  readonly link?: string | null;
}

export interface AddedChange {
  readonly id: number;
  /** False where it was known before: nothing has happened. */
  readonly added: boolean;
}

const authorLengthMax = 1_000;

/** PostgreSQL keeps no NUL in a text, and no half of a character. */
function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\u{fffd}');
}

/** A change is known by repository, branch and revision: it is added once, however often it is told. */
export function* addChange(tx: Transaction, change: NewChange): Work<AddedChange> {
  yield* inOrder(tx);
  const inserted = yield* row<{ id: number }>(
    `insert into changes (repository, branch, revision, author, message, committed_at, seen_at, files, link)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (repository, branch, revision) do nothing returning id`,
    change.repository,
    change.branch,
    change.revision,
    storable(change.author).slice(0, authorLengthMax),
    storable(change.message),
    change.committedAt ?? tx.now,
    tx.now,
    JSON.stringify(change.files.map(storable)),
    change.link ?? null,
  );
  if (inserted === undefined) {
    const known = yield* row<{ id: number }>(
      'select id from changes where repository = ? and branch = ? and revision = ?',
      change.repository,
      change.branch,
      change.revision,
    );
    assert(known !== undefined, 'a change that was not inserted is there');
    return { id: known.id, added: false };
  }
  const { repository, branch, revision } = change;
  yield* emit(tx, { type: 'change.added', data: { change: inserted.id, repository, branch, revision } });
  yield* signal({ topic: 'changes' });
  return { id: inserted.id, added: true };
}

export const changesAdd = operation('changes.add', addChange);

/** What a scheduler reads: in the order in which they were added, those after `after`. */
export interface SeenChange {
  readonly id: number;
  readonly repository: string;
  readonly branch: string;
  readonly revision: string;
  readonly author: string;
  readonly message: string;
}

export const changesAfter = query(
  'changes.after',
  (_tx, input: { readonly after: number; readonly limit: number }): Work<readonly SeenChange[]> =>
    rows<SeenChange>(
      'select id, repository, branch, revision, author, message from changes where id > ? order by id limit ?',
      input.after,
      input.limit,
    ),
);

/**
 * Ids must become visible in their order, or a scheduler's cursor would pass one that is still under way.
 * SQLite has one writer; on PostgreSQL those who add changes wait for each other. (Any constant serves.)
 */
function* inOrder(tx: Transaction): Work<void> {
  if (tx.dialect === 'postgres') yield* rows('select pg_advisory_xact_lock(7238811)');
}
