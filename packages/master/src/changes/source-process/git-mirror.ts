import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import type { GitRunner } from './git-runner.ts';

/**
 * What is known here of a repository that lies elsewhere: a bare repository with the commits and folders of the
 * branches that are watched, and without the files themselves where the server allows that (a partial clone).
 * One fetch at a time.
 */
export class GitMirror {
  readonly #folder: string;
  readonly #url: string;
  readonly #git: GitRunner;
  readonly #bytesMax: number;

  constructor(folder: string, url: string, git: GitRunner, bytesMax: number) {
    this.#folder = folder;
    this.#url = url;
    this.#git = git;
    this.#bytesMax = bytesMax;
  }

  /** Brings these refs, or commits by their ids. @throws SourceError */
  async fetch(refs: readonly string[]): Promise<void> {
    await this.#begin();
    try {
      await this.#fetch(refs.map((ref) => `+${ref}:${placeOf(ref)}`));
    } finally {
      this.#clear();
    }
  }

  /** Brings all branches and tags: for a name that nothing else explains. @throws SourceError */
  async fetchAll(): Promise<void> {
    await this.#begin();
    try {
      // A branch that is in the way of another, `a` of `a/b`, is gone there: prune it.
      await this.#fetch(['--prune', '+refs/heads/*:refs/all/heads/*', '+refs/tags/*:refs/all/tags/*']);
    } finally {
      this.#clear();
    }
  }

  async #fetch(what: readonly string[]): Promise<void> {
    const options = what.filter((one) => one.startsWith('--'));
    const from = ['-c', `remote.origin.url=${this.#url}`, 'fetch', '--quiet', '--no-tags'];
    const how = ['--no-write-fetch-head', '--filter=blob:none', ...options, '--end-of-options', 'origin'];
    const refspecs = what.filter((one) => !one.startsWith('--'));
    await this.#git.fetch([...from, ...how, ...refspecs], () => this.#packBytes() > this.#bytesMax);
  }

  async #begin(): Promise<void> {
    mkdirSync(this.#folder, { recursive: true });
    if (!existsSync(path.join(this.#folder, 'HEAD'))) await this.#git.read(['init', '--quiet', '--bare']);
    this.#clear();
  }

  /** A fetch that was ended leaves a part of a pack, as large as it was, and its locks. */
  #clear(): void {
    const packs = path.join(this.#folder, 'objects', 'pack');
    for (const name of namesIn(packs)) if (name.startsWith('tmp_')) rmSync(path.join(packs, name));
    for (const below of ['.', 'refs/seen', 'refs/all']) {
      const folder = path.join(this.#folder, below);
      for (const name of namesIn(folder)) if (name.endsWith('.lock')) rmSync(path.join(folder, name));
    }
  }

  #packBytes(): number {
    const packs = path.join(this.#folder, 'objects', 'pack');
    return namesIn(packs).reduce(
      (sum, name) => sum + (statSync(path.join(packs, name), { throwIfNoEntry: false })?.size ?? 0),
      0,
    );
  }
}

/** A name of our own for each ref: no branch is in the way of another, whatever they are called. */
function placeOf(ref: string): string {
  return `refs/seen/${createHash('sha256').update(ref).digest('hex')}`;
}

function namesIn(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
