import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

/** A real git repository with one commit on `main`. */
export class TestRepository {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    fs.mkdirSync(folder, { recursive: true });
    this.#git('init', '--quiet', '--initial-branch=main');
    this.commit('the first commit', { 'README.md': 'hello\n' });
  }

  /** Writes the files, commits them to the current branch and answers the revision. */
  commit(message: string, files: Readonly<Record<string, string>>): string {
    for (const [name, text] of Object.entries(files)) {
      fs.mkdirSync(path.dirname(path.join(this.folder, name)), { recursive: true });
      fs.writeFileSync(path.join(this.folder, name), text);
    }
    this.#git('add', '--all');
    this.#git('commit', '--quiet', '--message', message);
    return this.head();
  }

  head(): string {
    return this.#git('rev-parse', 'HEAD');
  }

  /** Goes to a branch, made here where it is new. */
  branch(name: string): void {
    this.#git('switch', '--quiet', '--force-create', name);
  }

  #git(...args: string[]): string {
    return execFileSync('git', args, {
      cwd: this.folder,
      encoding: 'utf8',
      env: {
        ...process.env,
        GIT_AUTHOR_NAME: 'A. Author',
        GIT_AUTHOR_EMAIL: 'author@example.org',
        GIT_COMMITTER_NAME: 'A. Author',
        GIT_COMMITTER_EMAIL: 'author@example.org',
        GIT_CONFIG_GLOBAL: '/dev/null',
        GIT_CONFIG_SYSTEM: '/dev/null',
      },
    }).trim();
  }
}
