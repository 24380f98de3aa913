import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { MillraceError } from '@millrace/kernel/errors';
import { isFolder } from '../../config/repository-url.ts';
import type { GitHead, GitLog, GitReader, GitRepository, Resolved, Wanted } from '../git-reader.ts';
import { logFormat, parseLog } from './parse-log.ts';
import { runGit } from './run-git.ts';
import type { GitEnd } from './run-git.ts';

const localMsMax = 20_000;
const remoteMsMax = 5 * 60_000;
const absolute = /^[0-9a-f]{40}([0-9a-f]{24})?$/;

/**
 * Asks git. Folders are read where they are; of what lies elsewhere a bare mirror is kept below `mirrorsFolder`,
 * brought up to date when something is asked that it does not have.
 */
export class GitCommands implements GitReader {
  readonly #mirrorsFolder: string;
  /** One fetch into a mirror at a time. */
  readonly #fetches = new Map<string, Promise<void>>();

  constructor(mirrorsFolder: string) {
    this.#mirrorsFolder = mirrorsFolder;
  }

  async heads(repository: GitRepository): Promise<readonly GitHead[]> {
    const output = isFolder(repository.url)
      ? await this.#read(repository, ['for-each-ref', '--format=%(objectname)%09%(refname)', 'refs/heads'])
      : wanted(
          repository,
          await runGit(['ls-remote', '--heads', '--end-of-options', repository.url], remoteMsMax),
        );
    return output.split('\n').flatMap((line) => {
      const [revision, ref] = line.split('\t');
      return revision && ref?.startsWith('refs/heads/')
        ? [{ branch: ref.slice('refs/heads/'.length), revision }]
        : [];
    });
  }

  async log(repository: GitRepository, from: string | null, to: string, limit: number): Promise<GitLog> {
    await this.#haveRevision(repository, to);
    // After a forced push the old head may be gone for good.
    const known = from !== null && (await this.#commit(repository, from)) !== null;
    const range = known ? [to, `^${from}`] : [to];
    const most = known ? limit : 1;
    const args = ['log', '-z', '--first-parent', '--diff-merges=first-parent', '--no-renames', logFormat];
    const rest = [`-n${most}`, '--end-of-options', ...range, '--'];
    const withFiles = await runGit(
      [...inFolder(this.#folder(repository)), ...args, '--raw', ...rest],
      localMsMax,
    );
    // Too many files for the bound: the commits without them.
    const output =
      withFiles.kind === 'done' ? withFiles.output : await this.#read(repository, [...args, ...rest]);
    const commits = parseLog(output).toReversed();
    if (!known || commits.length < limit) return { commits, skipped: 0 };
    const count = await this.#read(repository, [
      'rev-list',
      '--count',
      '--first-parent',
      '--end-of-options',
      ...range,
      '--',
    ]);
    return { commits, skipped: Number(count) - commits.length };
  }

  async resolve(repository: GitRepository, wanted: Wanted): Promise<Resolved> {
    const { branch, revision } = wanted;
    if (revision === null) {
      const head = (await this.heads(repository)).find((one) => one.branch === branch);
      return head === undefined
        ? unknown(`Repository "${repository.name}" has no branch "${branch}".`)
        : { kind: 'resolved', revision: head.revision };
    }
    const names = namesOf(revision);
    const known = await this.#firstCommit(repository, names);
    if (known !== null) return { kind: 'resolved', revision: known };
    if (!isFolder(repository.url)) {
      await this.#fetch(repository);
      const fetched = await this.#firstCommit(repository, names);
      if (fetched !== null) return { kind: 'resolved', revision: fetched };
    }
    return unknown(
      `Repository "${repository.name}" has no commit "${revision}". Give a revision, a tag or a branch that it has.`,
    );
  }

  async #haveRevision(repository: GitRepository, revision: string): Promise<void> {
    if (isFolder(repository.url)) return;
    if ((await this.#commit(repository, revision)) === null) await this.#fetch(repository);
  }

  async #firstCommit(repository: GitRepository, names: readonly string[]): Promise<string | null> {
    for (const name of names) {
      const found = await this.#commit(repository, name);
      if (found !== null) return found;
    }
    return null;
  }

  /** The absolute revision of a commit's name, or null where there is no such commit. */
  async #commit(repository: GitRepository, name: string): Promise<string | null> {
    const end = await runGit(
      [
        ...inFolder(this.#folder(repository)),
        'rev-parse',
        '--verify',
        '--quiet',
        '--end-of-options',
        `${name}^{commit}`,
      ],
      localMsMax,
    );
    const [found = ''] = end.kind === 'done' ? end.output.trim().split('\n').slice(-1) : [];
    if (absolute.test(found)) return found;
    // It exits with 1 where the name is unknown; anything else is a folder that is no repository, or broken.
    if (end.kind === 'failed' && end.exitCode !== 1 && isFolder(repository.url))
      throw gitFailed(repository, end.message);
    return null;
  }

  async #read(repository: GitRepository, args: readonly string[]): Promise<string> {
    return wanted(repository, await runGit([...inFolder(this.#folder(repository)), ...args], localMsMax));
  }

  #folder(repository: GitRepository): string {
    return isFolder(repository.url)
      ? repository.url
      : path.join(this.#mirrorsFolder, `${repository.name}.git`);
  }

  #fetch(repository: GitRepository): Promise<void> {
    const running = this.#fetches.get(repository.name);
    if (running !== undefined) return running;
    const fetch = this.#fetchNow(repository).finally(() => this.#fetches.delete(repository.name));
    this.#fetches.set(repository.name, fetch);
    return fetch;
  }

  async #fetchNow(repository: GitRepository): Promise<void> {
    const folder = this.#folder(repository);
    mkdirSync(folder, { recursive: true });
    wanted(repository, await runGit(['init', '--quiet', '--bare', '--end-of-options', folder], localMsMax));
    const args = ['fetch', '--quiet', '--prune', '--tags', '--force', '--end-of-options', repository.url];
    wanted(
      repository,
      await runGit([...inFolder(folder), ...args, '+refs/heads/*:refs/heads/*'], remoteMsMax),
    );
  }
}

/** What a person may mean by a revision, as names that git cannot take for anything else. */
function namesOf(revision: string): readonly string[] {
  if (revision === 'HEAD') return [revision];
  const refs = [`refs/tags/${revision}`, `refs/heads/${revision}`];
  return /^[0-9a-f]{4,64}$/.test(revision) ? [revision, ...refs] : refs;
}

const inFolder = (folder: string): readonly string[] => ['-C', folder];

function wanted(repository: GitRepository, end: GitEnd): string {
  if (end.kind === 'done') return end.output;
  throw gitFailed(repository, end.message);
}

function gitFailed(repository: GitRepository, message: string): MillraceError<'git-failed'> {
  return new MillraceError('git-failed', `git could not read ${repository.url}: ${message}`);
}

function unknown(message: string): Resolved {
  return { kind: 'unknown', message };
}
