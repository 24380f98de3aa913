import path from 'node:path';
import { isFolder } from '@millrace/protocol/repository/address';
import { tagPrefix } from '../../config/branch-pattern.ts';
import type {
  Resolved,
  SourceHead,
  SourceLog,
  SourceReader,
  SourceRepository,
  Wanted,
  Way,
} from '../source-reader.ts';
import { SourceError } from '../source-trouble.ts';
import { logFormat, parseLog } from './git-log.ts';
import { GitMirror } from './git-mirror.ts';
import { GitRunner } from './git-runner.ts';
import { OneAtATime } from './one-at-a-time.ts';
import type { SourceParts } from './source-parts.ts';

const absolute = /^[0-9a-f]{40}([0-9a-f]{24})?$/;
const branchPrefix = 'refs/heads/';

/**
 * Asks git. Folders are read where they are. Of what lies elsewhere the heads are asked for, and only what is
 * new is brought into a mirror below `mirrorsFolder`.
 */
export class GitSource implements SourceReader {
  readonly #parts: SourceParts;
  readonly #fetches = new OneAtATime();

  constructor(parts: SourceParts) {
    this.#parts = parts;
  }

  async heads(repository: SourceRepository, tags: boolean): Promise<readonly SourceHead[]> {
    if (isFolder(repository.url) && !tags) {
      const format = '--format=%(objectname)%09%(refname)';
      return headsOf(await this.#git(repository).read(['for-each-ref', format, 'refs/heads']));
    }
    const which = tags ? ['--heads', '--tags'] : ['--heads'];
    return headsOf(await this.#listed(repository, which));
  }

  async log(repository: SourceRepository, way: Way): Promise<SourceLog> {
    const { branch, from, to, limit } = way;
    const isTag = branch.startsWith(tagPrefix);
    await this.#haveCommit(repository, isTag ? branch : `${branchPrefix}${branch}`, to);
    const git = this.#git(repository);
    // A tag may name a file.
    if (isTag && (await this.#commit(repository, to)) === null)
      return { commits: [], skipped: 0, rewritten: false };
    // After a forced push the old head may be gone for good.
    const isKnown = from !== null && !isTag && (await this.#commit(repository, from)) !== null;
    const isAhead = isKnown && (await this.#isAncestor(git, from, to));
    const range = isKnown ? [to, `^${from}`] : [to];
    const most = isKnown ? limit : 1;
    const args = ['log', '-z', '--first-parent', '--diff-merges=first-parent', '--no-renames', logFormat];
    const rest = [`-n${most}`, '--end-of-options', ...range, '--'];
    const withFiles = await git.local([...args, '--raw', ...rest]);
    // Too many files for the bound: the commits without them.
    const output = withFiles.kind === 'done' ? withFiles.output : await git.read([...args, ...rest]);
    const commits = parseLog(output).toReversed();
    const rewritten = from !== null && !isAhead;
    if (!isKnown || commits.length < limit) return { commits, skipped: 0, rewritten };
    const counting = ['rev-list', '--count', '--first-parent', '--end-of-options', ...range, '--'];
    return { commits, skipped: Number(await git.read(counting)) - commits.length, rewritten };
  }

  async resolve(repository: SourceRepository, wanted: Wanted): Promise<Resolved> {
    const { branch, revision } = wanted;
    if (revision === null) {
      const head = (await this.heads(repository, branch.startsWith(tagPrefix))).find(
        (one) => one.branch === branch,
      );
      return head === undefined
        ? unknown(`Repository "${repository.name}" has no branch "${branch}".`)
        : { kind: 'resolved', revision: head.revision };
    }
    const found = isFolder(repository.url)
      ? await this.#firstCommit(repository, namesInFolder(revision))
      : await this.#commitElsewhere(repository, revision);
    return found === null
      ? unknown(
          `Repository "${repository.name}" has no commit "${revision}". Give a revision, a tag or a branch that it has.`,
        )
      : { kind: 'resolved', revision: found };
  }

  /** Asks for no more than is needed: a tag is a line, a whole revision one commit and what is before it. */
  async #commitElsewhere(repository: SourceRepository, revision: string): Promise<string | null> {
    if (!/^[0-9a-f]{4,64}$/.test(revision)) {
      const names = revision === 'HEAD' ? ['HEAD'] : [`refs/tags/${revision}`, `refs/heads/${revision}`];
      // What git takes for a pattern is no name of a ref.
      if (/[*?[\\]/.test(revision)) return null;
      const lines = await this.#listed(
        repository,
        [],
        names.flatMap((name) => [name, `${name}^{}`]),
      );
      const refs = refsOf(lines);
      return names.flatMap((name) => refs.get(name) ?? []).at(0) ?? null;
    }
    const known = await this.#commit(repository, revision);
    if (known !== null) return known;
    if (absolute.test(revision)) {
      try {
        await this.#fetch(repository, (mirror) => mirror.fetch([revision]));
      } catch (error) {
        // Some servers give out nothing by its id, and all refuse one that they have not.
        if (!(error instanceof SourceError && ['unreadable', 'not-found'].includes(error.trouble)))
          throw error;
      }
    }
    const alone = await this.#commit(repository, revision);
    if (alone !== null) return alone;
    await this.#fetch(repository, (mirror) => mirror.fetchAll());
    return this.#firstCommit(repository, [
      revision,
      `refs/all/tags/${revision}`,
      `refs/all/heads/${revision}`,
    ]);
  }

  async #haveCommit(repository: SourceRepository, ref: string, revision: string): Promise<void> {
    if (isFolder(repository.url) || (await this.#commit(repository, revision)) !== null) return;
    await this.#fetch(repository, (mirror) => mirror.fetch([ref]));
    if ((await this.#git(repository).local(['cat-file', '-e', revision])).kind === 'done') return;
    throw new SourceError(
      'unreadable',
      `${ref} of repository "${repository.name}" moved while it was read; it is read again.`,
    );
  }

  async #firstCommit(repository: SourceRepository, names: readonly string[]): Promise<string | null> {
    for (const name of names) {
      const found = await this.#commit(repository, name);
      if (found !== null) return found;
    }
    return null;
  }

  /** The absolute revision of a commit's name, or null where there is no such commit here. */
  async #commit(repository: SourceRepository, name: string): Promise<string | null> {
    const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`];
    const end = await this.#git(repository).local(args);
    const [found = ''] = end.kind === 'done' ? end.output.trim().split('\n').slice(-1) : [];
    if (absolute.test(found)) return found;
    // It exits with 1 where the name is unknown; anything else is a folder that is no repository, or broken.
    if (isFolder(repository.url) && !(end.kind === 'failed' && end.exitCode === 1))
      await this.#git(repository).read(['rev-parse', '--git-dir']);
    return null;
  }

  async #isAncestor(git: GitRunner, old: string, later: string): Promise<boolean> {
    return (await git.local(['merge-base', '--is-ancestor', old, later])).kind === 'done';
  }

  /** What `ls-remote` says of the repository, wherever it lies. */
  #listed(
    repository: SourceRepository,
    options: readonly string[],
    names: readonly string[] = [],
  ): Promise<string> {
    const args = ['ls-remote', '--quiet', ...options, '--end-of-options', repository.url, ...names];
    return this.#git(repository).ask(args);
  }

  #fetch(repository: SourceRepository, act: (mirror: GitMirror) => Promise<void>): Promise<void> {
    const { mirrorBytes } = this.#parts.limits;
    const folder = this.#folder(repository);
    const mirror = new GitMirror(folder, repository.url, this.#git(repository), mirrorBytes);
    return this.#fetches.do(repository.name, () => act(mirror));
  }

  #git(repository: SourceRepository): GitRunner {
    return new GitRunner(repository, this.#folder(repository), this.#parts);
  }

  #folder(repository: SourceRepository): string {
    return isFolder(repository.url)
      ? repository.url
      : path.join(this.#parts.mirrorsFolder, `${repository.name}.git`);
  }
}

/** Ids and names of refs, a line each: of a tag that is an object itself the commit, which comes as `NAME^{}`. */
function refsOf(output: string): ReadonlyMap<string, string> {
  const refs = new Map<string, string>();
  for (const line of output.split('\n')) {
    const [revision = '', ref = ''] = line.split('\t');
    if (absolute.test(revision) && ref !== '') refs.set(ref.replace(/\^\{\}$/, ''), revision);
  }
  return refs;
}

function headsOf(output: string): readonly SourceHead[] {
  return [...refsOf(output)].flatMap(([ref, revision]) => {
    if (ref.startsWith(branchPrefix)) return [{ branch: ref.slice(branchPrefix.length), revision }];
    return ref.startsWith(tagPrefix) ? [{ branch: ref, revision }] : [];
  });
}

/** What a person may mean by a revision, as names that git cannot take for anything else. */
function namesInFolder(revision: string): readonly string[] {
  if (revision === 'HEAD') return [revision];
  const refs = [`refs/tags/${revision}`, `refs/heads/${revision}`];
  return /^[0-9a-f]{4,64}$/.test(revision) ? [revision, ...refs] : refs;
}

function unknown(message: string): Resolved {
  return { kind: 'unknown', message };
}
