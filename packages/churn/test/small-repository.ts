import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';

/** What a commit does. Paths and contents are bytes, each as one character (latin1). */
export interface SmallCommit {
  /** `2023-05-01` or a full time; UTC. */
  readonly at: string | number;
  /** A content, a link (`{ link: 'target' }`), a submodule (`{ commit: '1'.repeat(40) }`), or null: removed. */
  readonly files: Readonly<Record<string, string | { link: string } | { commit: string } | null>>;
  /** Names of earlier commits; the one before by default, none for `[]`. */
  readonly parents?: readonly string[];
  readonly name?: string;
  readonly author?: string;
}

/** Git without anybody's settings. */
export const gitEnv = {
  PATH: process.env['PATH'] ?? '',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'T',
  GIT_AUTHOR_EMAIL: 't@example.org',
  GIT_COMMITTER_NAME: 'T',
  GIT_COMMITTER_EMAIL: 't@example.org',
};

export function git(cwd: string, ...args: string[]): string {
  return execFileSync('git', args, {
    cwd,
    env: gitEnv,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();
}

/** Adds commits to the repository in a folder, which is made if it is not there, in one go. Returns the last one's id. */
export function commitAll(
  folder: string,
  commits: readonly SmallCommit[],
  initFlags: readonly string[] = [],
): string {
  if (!fs.existsSync(folder)) {
    fs.mkdirSync(folder, { recursive: true });
    git(folder, 'init', '--quiet', '--initial-branch=main', ...initFlags);
  }
  const known = fs.existsSync(path.join(folder, '.git', 'refs', 'heads', 'main'));
  const marks = new Map<string, number>();
  let stream = '';
  for (const [index, commit] of commits.entries()) {
    const mark = index + 1;
    if (commit.name !== undefined) marks.set(commit.name, mark);
    const before = index === 0 ? (known ? ['refs/heads/main^0'] : []) : [`:${index}`];
    const parents = commit.parents?.map((name) => `:${marks.get(name)}`) ?? before;
    stream += commitText(commit, mark, parents);
  }
  execFileSync('git', ['fast-import', '--quiet', '--force', '--date-format=raw-permissive'], {
    cwd: folder,
    env: gitEnv,
    input: Buffer.from(stream, 'latin1'),
  });
  return git(folder, 'rev-parse', 'refs/heads/main');
}

function commitText(commit: SmallCommit, mark: number, parents: readonly string[]): string {
  const seconds =
    typeof commit.at === 'number' ? commit.at : Date.parse(`${commit.at}Z`.replace(/ZZ$/, 'Z')) / 1000;
  const author = commit.author ?? 'Ada Lovelace <ada@example.org>';
  const [first, ...others] = parents;
  return [
    ...(first === undefined ? ['reset refs/heads/main', ''] : []),
    'commit refs/heads/main',
    `mark :${mark}`,
    `author ${author} ${seconds} +0000`,
    `committer ${author} ${seconds} +0000`,
    'data 1',
    'c',
    ...(first === undefined ? [] : [`from ${first}`]),
    ...others.map((parent) => `merge ${parent}`),
    ...Object.entries(commit.files).map(([name, content]) => fileText(name, content)),
    '',
    '',
  ].join('\n');
}

function fileText(name: string, content: SmallCommit['files'][string]): string {
  const quoted = `"${name.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
  if (content === null) return `D ${quoted}`;
  if (typeof content === 'object' && 'commit' in content) return `M 160000 ${content.commit} ${quoted}`;
  const [mode, bytes] = typeof content === 'string' ? ['100644', content] : ['120000', content.link];
  return `M ${mode} inline ${quoted}\ndata ${bytes.length}\n${bytes}`;
}

/** `n` different lines. */
export function lines(n: number, word = 'line'): string {
  return Array.from({ length: n }, (_unused, index) => `${word} ${index}\n`).join('');
}

/**
 * The lines of a commit, counted by others: checked out, and every plain text file counted by awk. Text is
 * what has no NUL byte. `links` and `submodules` are how many there are.
 */
export function countedByAwk(repository: string, commit: string, into: string): number {
  fs.mkdirSync(into, { recursive: true });
  execFileSync('git', [`--work-tree=${into}`, 'checkout', '--force', '--quiet', commit, '--', '.'], {
    cwd: repository,
    env: { ...gitEnv, GIT_INDEX_FILE: path.join(into, '..', `${path.basename(into)}.index`) },
  });
  let total = 0;
  for (const entry of fs.readdirSync(into, { recursive: true, withFileTypes: true, encoding: 'latin1' })) {
    if (!entry.isFile()) continue;
    const input = fs.readFileSync(Buffer.from(path.join(entry.parentPath, entry.name), 'latin1'));
    if (input.includes(0)) continue;
    total += Number(
      execFileSync('awk', ['END{print NR}'], { input, encoding: 'utf8', env: { ...gitEnv, LC_ALL: 'C' } }),
    );
  }
  return total;
}
