import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { MillraceError } from '@millrace/kernel/errors';
import { unattendedGitEnvironment, withoutSurroundingGit } from '@millrace/protocol/repository/unattended';

/** More names than anybody's repository has three folders deep. */
const namesBytesMax = 64 * 1024 ** 2;

/** A git repository with a work tree, as `init` looks at it. */
export interface GitRepository {
  /** The top folder, absolute. */
  readonly top: string;
  /** To watch: what the remote calls its own, else what such a branch is usually called, else what is checked out. */
  readonly branch: string;
  /** What is checked out; undefined for a detached head. */
  readonly current: string | undefined;
  /** Nothing can be built before the first. */
  readonly hasCommits: boolean;
  /** Files that a commit of everything would have, three folders deep, relative to the top. */
  readonly files: readonly string[];
  /** Of them those that git does not know yet. */
  readonly uncommitted: ReadonlySet<string>;
}

/** @throws MillraceError `no-git`, `no-repository`, with what to do. */
export function readGitRepository(folder: string): GitRepository {
  const top = topOf(folder);
  const current = git(top, 'symbolic-ref', '--quiet', '--short', 'HEAD');
  const untracked = names(git(top, 'ls-files', '-z', '--others', '--exclude-standard', '--', ...shallow));
  const tracked = names(git(top, 'ls-files', '-z', '--cached', '--', ...shallow));
  return {
    top,
    branch: remoteBranch(top) ?? usualBranch(top) ?? current ?? onlyBranch(top) ?? 'main',
    current,
    hasCommits: git(top, 'rev-parse', '--verify', '--quiet', 'HEAD^{commit}') !== undefined,
    files: [...new Set([...tracked, ...untracked])].sort(),
    uncommitted: new Set(untracked),
  };
}

const shallow = [':(glob)*', ':(glob)*/*', ':(glob)*/*/*'] as const;

function topOf(folder: string): string {
  const asked = spawnSync('git', ['rev-parse', '--show-toplevel'], {
    cwd: folder,
    encoding: 'utf8',
    env: environment(),
  });
  if (asked.error !== undefined)
    throw new MillraceError('no-git', `git could not be started: ${asked.error.message}. Install it first.`);
  if (asked.status === 0) return asked.stdout.replace(/\r?\n$/, '');
  const said = asked.stderr.trim();
  throw new MillraceError(
    'no-repository',
    /not a git repository/i.test(said)
      ? `${folder} is in no git repository. Go to one, or make this one: git init && git add . && git commit`
      : `git has no work tree for ${folder}: ${said}`,
  );
}

/** What `origin` calls its own branch, where a branch of this name is here to be watched. */
function remoteBranch(top: string): string | undefined {
  const head = git(top, 'symbolic-ref', '--quiet', '--short', 'refs/remotes/origin/HEAD');
  const branch = head?.replace(/^origin\//, '');
  return branch !== undefined && hasBranch(top, branch) ? branch : undefined;
}

/** Where nothing is known of a remote: what most projects call it, if there is one of them. */
function usualBranch(top: string): string | undefined {
  return ['main', 'master', 'trunk'].find((branch) => hasBranch(top, branch));
}

function hasBranch(top: string, branch: string): boolean {
  return git(top, 'rev-parse', '--verify', '--quiet', `refs/heads/${branch}`) !== undefined;
}

function onlyBranch(top: string): string | undefined {
  const [first, ...more] = (git(top, 'for-each-ref', '--format=%(refname:short)', 'refs/heads') ?? '').split(
    '\n',
  );
  return first !== '' && more.length === 0 ? first : undefined;
}

function names(text: string | undefined): readonly string[] {
  return (text ?? '').split('\0').filter((name) => name !== '');
}

/** What git prints, without its last line feed; undefined where it fails. */
function git(folder: string, ...args: readonly string[]): string | undefined {
  const ended = spawnSync('git', args, {
    env: environment(),
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: namesBytesMax,
  });
  return ended.status === 0 ? ended.stdout.replace(/\n$/, '') : undefined;
}

/** Messages are read here, so they are English; a hook of another repository may have started us. */
function environment(): NodeJS.ProcessEnv {
  return { ...withoutSurroundingGit(process.env), ...unattendedGitEnvironment };
}
