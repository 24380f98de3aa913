import type { AuthorLines } from '../git/author-lines.ts';
import type { AuthorRow, ChurnReport, Figures } from '../report.ts';
import { compareText } from './directory-rows.ts';
import { readable } from './directory.ts';

/** Authors over all repositories: lines are sums, commits that stand in several count once. */
export class AuthorTally {
  readonly #authors = new Map<string, { changesets: number; added: number; removed: number }>();

  changeset(author: string): void {
    this.#author(author).changesets += 1;
  }

  lines(byAuthor: ReadonlyMap<string, AuthorLines>): void {
    for (const [name, { added, removed }] of byAuthor) {
      const author = this.#author(name);
      author.added += added;
      author.removed += removed;
    }
  }

  /** The rows, who changed most first, and what makes them sum to the whole. */
  rows(whole: Figures): NonNullable<ChurnReport['byAuthor']> {
    const authors = [...this.#authors].map(([name, { changesets, added, removed }]): AuthorRow => {
      return { author: readable(name), changesets, added, removed, growth: added - removed };
    });
    authors.sort((a, b) => b.added + b.removed - (a.added + a.removed) || compareText(a.author, b.author));
    const rest = (field: 'changesets' | 'added' | 'removed' | 'growth') =>
      authors.reduce((left, author) => left - author[field], whole[field]);
    const unattributed = {
      changesets: rest('changesets'),
      added: rest('added'),
      removed: rest('removed'),
      growth: rest('growth'),
    };
    return { authors, unattributed };
  }

  #author(name: string): { changesets: number; added: number; removed: number } {
    let found = this.#authors.get(name);
    if (found === undefined) this.#authors.set(name, (found = { changesets: 0, added: 0, removed: 0 }));
    return found;
  }
}
