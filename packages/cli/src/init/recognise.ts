import { cmakeProject } from './cmake-project.ts';
import { goProject } from './go-project.ts';
import { makeProject } from './make-project.ts';
import { nodeProject } from './node-project.ts';
import { pythonProject } from './python-project.ts';
import type { ProjectFiles, ProjectKind, Recognise, Recognised } from './recognised.ts';
import { projectKinds } from './recognised.ts';
import { rustProject } from './rust-project.ts';

const recognisers: Readonly<Record<ProjectKind, Recognise>> = {
  node: nodeProject,
  python: pythonProject,
  rust: rustProject,
  go: goProject,
  cmake: cmakeProject,
  make: makeProject,
};

/** A project in a folder of the repository. */
export interface FoundProject extends Recognised {
  /** From the repository's top; empty for the top itself. */
  readonly folder: string;
}

/** More folders than this are no one person's first config. */
const foldersMax = 8;

/**
 * The projects at the top of a repository; where there is none, those of the folders below it.
 *
 * A Makefile beside another kind of project mostly calls that kind's own tools, so it counts only where it is alone
 * or asked for.
 * @param kinds Only these; undefined: all that are there.
 */
export function recognise(
  files: ProjectFiles,
  below: (folder: string) => ProjectFiles,
  kinds?: readonly ProjectKind[],
): readonly FoundProject[] {
  const top = inFolder('', files, kinds);
  if (top.length > 0) return top;
  const folders = new Set(files.matching(/\//).map((name) => name.slice(0, name.indexOf('/'))));
  return [...folders]
    .filter((folder) => !folder.startsWith('.') && folder !== 'node_modules' && folder !== 'vendor')
    .flatMap((folder) => inFolder(folder, below(folder), kinds))
    .slice(0, foldersMax);
}

function inFolder(
  folder: string,
  files: ProjectFiles,
  kinds: readonly ProjectKind[] | undefined,
): readonly FoundProject[] {
  const found = projectKinds
    .filter((kind) => kinds === undefined || kinds.includes(kind))
    .flatMap((kind) => recognisers[kind](files) ?? [])
    .map((one) => ({ ...one, folder }));
  const others = found.filter(({ kind }) => kind !== 'make');
  return kinds === undefined && others.length > 0 ? others : found;
}
