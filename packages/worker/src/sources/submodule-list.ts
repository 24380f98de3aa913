import type { Git } from './git.ts';

/** A submodule as `.gitmodules` and the tree of a revision have it. */
export interface Submodule {
  /** Below the repository's folder, as git writes it: with slashes. */
  readonly path: string;
  /** As it stands there: absolute, or relative to the address of the repository. */
  readonly url: string;
  readonly revision: string;
}

export const submodulesMax = 500;

/** The submodules of a revision; those that the tree does not have at their paths are left out. */
export async function submodulesOf(
  git: Git,
  folder: string,
  revision: string,
): Promise<readonly Submodule[] | undefined> {
  if (!(await git.ask(folder, ['cat-file', '-e', `${revision}:.gitmodules`]))) return [];
  const text = await git.read(folder, ['config', '--null', '--list', `--blob=${revision}:.gitmodules`]);
  if (text === undefined) return undefined;
  const found: Submodule[] = [];
  for (const { path, url } of parseGitmodules(text).slice(0, submodulesMax + 1)) {
    const entry = await git.read(folder, ['ls-tree', '-z', '--full-tree', revision, '--', path]);
    const [, link, name] = /^160000 commit ([0-9a-f]{40,64})\t([^\0]*)\0$/.exec(entry ?? '') ?? [];
    if (link !== undefined && name === path) found.push({ path, url, revision: link });
  }
  return found;
}

/** What `git config --null --list` says of a `.gitmodules`, by each name that has a path and an address. */
export function parseGitmodules(text: string): readonly { readonly path: string; readonly url: string }[] {
  const modules = new Map<string, { path?: string; url?: string }>();
  for (const entry of text.split('\0')) {
    const [, name, key, value] = /^submodule\.([^\n]*)\.(path|url)\n([^]*)$/.exec(entry) ?? [];
    if (name === undefined || key === undefined || value === undefined) continue;
    modules.set(name, { ...modules.get(name), [key]: value });
  }
  return [...modules.values()].flatMap(({ path, url }) =>
    path === undefined || url === undefined ? [] : [{ path, url }],
  );
}
