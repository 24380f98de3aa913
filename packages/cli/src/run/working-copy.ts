import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { MillraceError } from '@millrace/kernel/errors';
import { unattendedGitEnvironment, withoutSurroundingGit } from '@millrace/protocol/repository/unattended';

/** What lies in a working copy, as a checkout step can have it. */
export interface Snapshot {
  /** The repository that has the revision: one beside the working copy, which is not written to. */
  readonly url: string;
  readonly revision: string;
  /** What is checked out; undefined for a detached head. */
  readonly branch: string | undefined;
  /** It is the last commit and what was changed, added and removed since; false: just that commit. */
  readonly changed: boolean;
}

/** The top of the working copy that a folder is in; undefined where it is in none. */
export function workingCopyOf(folder: string): string | undefined {
  return asked(folder, ['rev-parse', '--show-toplevel']);
}

/** Whether a repository has a revision, and can be fetched from. */
export function hasRevision(top: string, revision: string): boolean {
  return (
    asked(top, ['cat-file', '-e', `${revision}^{commit}`]) !== undefined &&
    asked(top, ['rev-parse', '--is-shallow-repository']) === 'false'
  );
}

/** What is checked out in it. */
export function headOf(top: string): {
  readonly branch: string | undefined;
  readonly revision: string | undefined;
} {
  return {
    branch: asked(top, ['symbolic-ref', '--quiet', '--short', 'HEAD']),
    revision: asked(top, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']),
  };
}

/**
 * Makes a revision of all that lies in a working copy and is not ignored. The objects and the commit are written to a
 * repository of its own in `folder`, which borrows the working copy's: in the working copy and its repository nothing
 * changes, not even the index.
 * @throws MillraceError `snapshot-failed`, with git's own words.
 */
export function snapshotOf(top: string, folder: string): Snapshot {
  const repository = path.join(folder, 'working-copy.git');
  const common = path.resolve(top, git(top, ['rev-parse', '--git-common-dir']));
  prepare(repository, path.join(common, 'objects'));
  const { branch, revision: head } = headOf(top);
  const tree = treeOf(top, repository, common);
  // Of a shallow clone nobody can fetch: what lies there is a revision without a history.
  const history = head !== undefined && git(top, ['rev-parse', '--is-shallow-repository']) === 'false';
  const clean = head !== undefined && git(top, ['rev-parse', `${head}^{tree}`]) === tree;
  const revision = clean && history ? head : commitOf(repository, tree, history ? head : undefined);
  // Where a checkout finds it: on a branch, with the tags beside it so that `git describe` works.
  git(repository, ['update-ref', 'refs/heads/millrace-run', revision]);
  if (history) {
    const fetch = ['fetch', '--quiet', '--force', '--no-tags', '--prune', '--end-of-options'];
    git(repository, [...fetch, top, '+refs/tags/*:refs/tags/*']);
  }
  return { url: repository, revision, branch, changed: !clean };
}

function prepare(repository: string, objects: string): void {
  if (!fs.existsSync(path.join(repository, 'HEAD')))
    git(path.dirname(madeFolder(repository)), ['init', '--quiet', '--bare', repository]);
  fs.writeFileSync(path.join(repository, 'objects', 'info', 'alternates'), `${objects}\n`);
}

function madeFolder(folder: string): string {
  fs.mkdirSync(folder, { recursive: true });
  return folder;
}

/** The index is a copy, so that what git knows to be unchanged is not read again. */
function treeOf(top: string, repository: string, common: string): string {
  const index = path.join(repository, 'working-copy.index');
  const own = path.resolve(top, git(top, ['rev-parse', '--git-path', 'index']));
  fs.rmSync(index, { force: true });
  if (fs.existsSync(own)) fs.copyFileSync(own, index);
  const env = {
    GIT_INDEX_FILE: index,
    GIT_OBJECT_DIRECTORY: path.join(repository, 'objects'),
    GIT_ALTERNATE_OBJECT_DIRECTORIES: path.join(common, 'objects'),
  };
  git(top, ['add', '--all', '--', '.'], env);
  return git(top, ['write-tree'], env);
}

function commitOf(repository: string, tree: string, parent: string | undefined): string {
  const who = { NAME: 'millrace run', EMAIL: 'millrace@localhost', DATE: '@0 +0000' };
  const env = Object.fromEntries(
    ['AUTHOR', 'COMMITTER'].flatMap((role) =>
      Object.entries(who).map(([key, value]) => [`GIT_${role}_${key}`, value]),
    ),
  );
  const parents = parent === undefined ? [] : ['-p', parent];
  return git(repository, ['commit-tree', ...parents, '-m', 'The working copy', tree], env);
}

/** What git prints, or undefined where it fails. */
function asked(folder: string, args: readonly string[]): string | undefined {
  const ended = spawnSync('git', [...quiet, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: environment(),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return ended.status === 0 ? ended.stdout.replace(/\n$/, '') : undefined;
}

function git(folder: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): string {
  const ended = spawnSync('git', [...quiet, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...environment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (ended.status === 0) return ended.stdout.replace(/\n$/, '');
  const why = ended.error?.message ?? ended.stderr.trim();
  throw new MillraceError('snapshot-failed', `git could not take down what lies in ${folder}: ${why}`);
}

/** A hook of another repository may have started us. */
function environment(): NodeJS.ProcessEnv {
  return { ...withoutSurroundingGit(process.env), ...unattendedGitEnvironment };
}

/** No hook of the repository runs, and nothing of it is tidied up. */
const quiet: readonly string[] = [
  '-c',
  'core.hooksPath=/dev/null',
  '-c',
  'gc.auto=0',
  '-c',
  'maintenance.auto=false',
  '-c',
  'core.safecrlf=false',
  '-c',
  'advice.addEmbeddedRepo=false',
];
