/**
 * Commits that were met, so that one which stands in two repositories counts once. The only thing that grows
 * with the number of commits, about 100 bytes each, and only where several repositories are counted.
 */
export class SeenCommits {
  readonly #seen: Set<string> | undefined;

  constructor(repositories: number) {
    this.#seen = repositories > 1 ? new Set() : undefined;
  }

  /** Whether it is met for the first time. */
  add(id: string): boolean {
    if (this.#seen === undefined) return true;
    const key = Buffer.from(id, 'hex').toString('latin1'); // half the size
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    return true;
  }
}
