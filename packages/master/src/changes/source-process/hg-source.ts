import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
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
import { hgLogTemplate, linesOf, parseHgLog } from './hg-log.ts';
import { headsAmong, placesRevset, placesTemplate } from './hg-places.ts';
import { HgRunner } from './hg-runner.ts';
import { hgText } from './hg-text.ts';
import { OneAtATime } from './one-at-a-time.ts';
import type { SourceParts } from './source-parts.ts';

const absolute = /^[0-9a-f]{40}$/;

/**
 * Asks Mercurial. Folders are read where they are; what lies elsewhere is pulled into a mirror below
 * `mirrorsFolder` at each look, since Mercurial tells its branches in no other way.
 */
export class HgSource implements SourceReader {
  readonly #parts: SourceParts;
  readonly #pulls = new OneAtATime();

  constructor(parts: SourceParts) {
    this.#parts = parts;
  }

  async heads(repository: SourceRepository, tags: boolean): Promise<readonly SourceHead[]> {
    if (isFolder(repository.url)) return this.#places(repository, undefined, tags);
    await this.#pull(repository);
    // A pull brings no bookmarks that are new.
    const bookmarks = await this.#hg(repository).ask(['debugpushkey'], ['bookmarks']);
    return this.#places(repository, bookmarks, tags);
  }

  async log(repository: SourceRepository, way: Way): Promise<SourceLog> {
    const { branch, from, to, limit } = way;
    const hg = this.#hg(repository);
    const ofBranch = `present(branch(${hgText(`literal:${branch}`)}))`;
    const about = `limit(${ofBranch}, 1)${from === null ? '' : ` or present(${idOf(from)})`}`;
    const found = linesOf(await hg.log(about, '{node} {branch}\\n'));
    if (!found.some((line) => line.startsWith(`${from} `)) || branch.startsWith(tagPrefix)) {
      const commits = parseHgLog(await hg.log(idOf(to), hgLogTemplate));
      return { commits, skipped: 0, rewritten: from !== null };
    }
    // On a named branch a merge of another is one commit; a bookmark has all that is new.
    const isNamed = found.some((line) => line.slice(line.indexOf(' ') + 1) === branch);
    const between = `only(${idOf(to)}, ${idOf(from ?? '')})`;
    const range = isNamed ? `${between} and ${ofBranch}` : between;
    const commits = parseHgLog(await hg.log(`last(sort(${range}, rev), ${limit})`, hgLogTemplate));
    const count = commits.length < limit ? commits.length : (await hg.log(range, 'x')).length;
    return { commits, skipped: count - commits.length, rewritten: false };
  }

  async resolve(repository: SourceRepository, { branch, revision }: Wanted): Promise<Resolved> {
    if (revision === null) {
      const heads = await this.heads(repository, branch.startsWith(tagPrefix));
      const head = heads.find((one) => one.branch === branch);
      if (head === undefined) return unknown(`Repository "${repository.name}" has no branch "${branch}".`);
      return { kind: 'resolved', revision: head.revision };
    }
    const found = await this.#find(repository, revision);
    if (found !== undefined) return { kind: 'resolved', revision: found };
    return unknown(
      `Repository "${repository.name}" has no commit "${revision}". Give a revision, a tag, a bookmark or a branch that it has.`,
    );
  }

  async #find(repository: SourceRepository, revision: string): Promise<string | undefined> {
    if (isFolder(repository.url)) return this.#findHere(repository, revision);
    const isPulled = existsSync(path.join(this.#folder(repository), '.hg'));
    const known = isPulled ? await this.#findHere(repository, revision) : undefined;
    if (known !== undefined) return known;
    await this.#pull(repository);
    return this.#findHere(repository, revision);
  }

  async #findHere(repository: SourceRepository, revision: string): Promise<string | undefined> {
    const hg = this.#hg(repository);
    const at = async (revset: string): Promise<string | undefined> => {
      const found = await hg.log(revset, '{node}');
      return absolute.test(found) ? found : undefined;
    };
    if (revision === 'HEAD') return at(isFolder(repository.url) ? '.' : 'tip');
    const byId = /^[0-9a-f]{4,40}$/.test(revision) ? await at(idOf(revision)) : undefined;
    if (byId !== undefined) return byId;
    const places = await this.#places(repository, undefined, true);
    const names = [`${tagPrefix}${revision}`, revision];
    return places.find(({ branch }) => names.includes(branch))?.revision;
  }

  async #places(
    repository: SourceRepository,
    bookmarks: string | undefined,
    tags: boolean,
  ): Promise<readonly SourceHead[]> {
    return headsAmong(await this.#hg(repository).log(placesRevset, placesTemplate), bookmarks, tags);
  }

  #pull(repository: SourceRepository): Promise<void> {
    const folder = this.#folder(repository);
    return this.#pulls.do(repository.name, async () => {
      const hg = this.#hg(repository);
      mkdirSync(this.#parts.mirrorsFolder, { recursive: true });
      if (!existsSync(path.join(folder, '.hg'))) await hg.init();
      const store = path.join(folder, '.hg', 'store');
      await hg.pull(() => bytesBelow(store) > this.#parts.limits.mirrorBytes);
    });
  }

  #hg(repository: SourceRepository): HgRunner {
    return new HgRunner(repository, this.#folder(repository), this.#parts);
  }

  #folder(repository: SourceRepository): string {
    return isFolder(repository.url)
      ? repository.url
      : path.join(this.#parts.mirrorsFolder, `${repository.name}.hg`);
  }
}

/** A commit by its id; none, rather than an error, where there is no such commit. */
function idOf(revision: string): string {
  return `id(${hgText(revision)})`;
}

function bytesBelow(folder: string): number {
  if (!existsSync(folder)) return 0;
  return readdirSync(folder, { recursive: true }).reduce(
    (sum, name) => sum + (statSync(path.join(folder, String(name)), { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}

function unknown(message: string): Resolved {
  return { kind: 'unknown', message };
}
