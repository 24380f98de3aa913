import type { Change } from '@millrace/protocol/api/changes';
import { query, row, rows } from '../operation.ts';
import type { Work } from '../operation.ts';
import { below, equals, where } from './where.ts';

export interface ChangeFilter {
  readonly repository?: string | undefined;
  readonly branch?: string | undefined;
}

interface ChangeRow {
  id: number;
  repository: string;
  branch: string;
  revision: string;
  author: string;
  message: string;
  committed_at: number;
  seen_at: number;
  files: string;
}

const selectChange =
  'select id, repository, branch, revision, author, message, committed_at, seen_at, files from changes';

function changeOf(found: ChangeRow): Change {
  const { committed_at: committedAt, seen_at: seenAt, files, ...rest } = found;
  return { ...rest, committedAt, seenAt, files: JSON.parse(files) as string[] };
}

/** Newest first, those before `before`. */
export const listChanges = query(
  'changes.list',
  function* (
    _tx,
    input: { readonly filter: ChangeFilter; readonly before?: number | undefined; readonly limit: number },
  ): Work<readonly Change[]> {
    const { text, values } = where(
      equals('repository', input.filter.repository),
      equals('branch', input.filter.branch),
      below('id', input.before),
    );
    const found = yield* rows<ChangeRow>(
      `${selectChange} ${text} order by id desc limit ?`,
      ...values,
      input.limit,
    );
    return found.map(changeOf);
  },
);

/** A change is known by its repository, branch and revision. */
export const readChange = query(
  'changes.read',
  function* (
    _tx,
    input: { readonly repository: string; readonly branch: string; readonly revision: string },
  ): Work<Change | undefined> {
    const found = yield* row<ChangeRow>(
      `${selectChange} where repository = ? and branch = ? and revision = ?`,
      input.repository,
      input.branch,
      input.revision,
    );
    return found && changeOf(found);
  },
);
