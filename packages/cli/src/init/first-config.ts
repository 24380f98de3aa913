import path from 'node:path';
import { MillraceError } from '@millrace/kernel/errors';
import { missingTools } from './missing-tools.ts';
import type { Machine, MissingTool } from './missing-tools.ts';
import { namesBelow, projectFiles } from './project-files.ts';
import { recognise } from './recognise.ts';
import type { FoundProject } from './recognise.ts';
import type { GitRepository } from './git-repository.ts';
import type { ProjectKind } from './recognised.ts';
import { nameFrom, namedBuilders, startingConfig } from './starting-config.ts';

/** What `millrace init` makes of a repository, before anything is written. */
export interface FirstConfig {
  /** The config's text. */
  readonly text: string;
  /** The branch whose commits it builds. */
  readonly branch: string;
  readonly builders: readonly {
    readonly name: string;
    readonly kind: ProjectKind;
    /** From the repository's top; empty for the top itself. */
    readonly folder: string;
    readonly because: readonly string[];
    readonly steps: readonly string[];
  }[];
  /** What of the steps' tools this machine lacks. */
  readonly missing: readonly MissingTool[];
  /** Sentences that a person should read before the first build. */
  readonly notes: readonly string[];
}

/**
 * @param file The config's path.
 * @param kinds Only these kinds of project; undefined: those that are found.
 * @throws MillraceError `kind-not-found`, with what was looked for.
 */
export function firstConfig(
  file: string,
  repository: GitRepository,
  kinds: readonly ProjectKind[] | undefined,
  machine: Machine,
): FirstConfig {
  const projects = projectsIn(repository, kinds);
  const text = startingConfig({
    name: nameFrom(path.basename(repository.top), 'app'),
    git: path.relative(path.dirname(file), repository.top).split(path.sep).join('/') || '.',
    branch: repository.branch,
    projects,
  });
  const builders = namedBuilders(projects).map(({ name, project }) => ({
    name,
    kind: project.kind,
    folder: project.folder,
    because: project.because,
    steps: project.steps.map(({ line }) => line),
  }));
  const tools = projects.flatMap((project) => project.tools);
  return {
    text,
    branch: repository.branch,
    builders,
    missing: missingTools(tools, machine),
    notes: notesOf(repository, projects),
  };
}

function projectsIn(
  repository: GitRepository,
  kinds: readonly ProjectKind[] | undefined,
): readonly FoundProject[] {
  const { top, files } = repository;
  const below = (folder: string) => projectFiles(path.join(top, folder), namesBelow(files, folder));
  const projects = recognise(projectFiles(top, files), below, kinds);
  const absent = kinds?.find((kind) => !projects.some((one) => one.kind === kind));
  if (absent === undefined) return projects;
  throw new MillraceError(
    'kind-not-found',
    `There is no ${absent} project in ${top}: ${lookedFor[absent]} was looked for, among the files that are not ignored, at the top and in the folders below it.`,
  );
}

const lookedFor: Readonly<Record<ProjectKind, string>> = {
  node: 'package.json',
  python: 'pyproject.toml, setup.py, setup.cfg, requirements.txt or a test_*.py',
  rust: 'Cargo.toml',
  go: 'go.mod or go.work',
  cmake: 'CMakeLists.txt',
  make: 'a Makefile, configure or configure.ac',
};

function notesOf(repository: GitRepository, projects: readonly FoundProject[]): readonly string[] {
  const notes: string[] = [];
  const unknown = projects
    .flatMap(({ folder, because }) => because.map((one) => path.posix.join(folder, one)))
    .filter((one) => repository.uncommitted.has(one));
  if (!repository.hasCommits)
    notes.push('Nothing is committed yet, and what is built is commits: commit first.');
  else if (unknown.length > 0)
    notes.push(`Not in git yet, so no build would see it: ${unknown.join(', ')}. Commit it first.`);
  if (repository.current !== undefined && repository.current !== repository.branch)
    notes.push(
      `You are on ${repository.current}, which is not watched: add it to the branches if it should be.`,
    );
  return notes;
}
