import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { Option } from 'commander';
import type { Command } from 'commander';
import { MillraceError } from '@millrace/kernel/errors';
import { examples } from '../client/help-text.ts';
import { printable } from '../client/printable.ts';
import { readGitRepository } from '../init/git-repository.ts';
import type { GitRepository } from '../init/git-repository.ts';
import { keepOutOfGit } from '../init/keep-out-of-git.ts';
import { missingTools, thisMachine } from '../init/missing-tools.ts';
import { namesBelow, projectFiles } from '../init/project-files.ts';
import { recognise } from '../init/recognise.ts';
import type { FoundProject } from '../init/recognise.ts';
import { projectKinds } from '../init/recognised.ts';
import type { ProjectKind } from '../init/recognised.ts';
import { nameFrom, namedBuilders, startingConfig } from '../init/starting-config.ts';
import { localCommand, runLocal } from '../local/local-command.ts';
import { packageFolder } from '../package-folder.ts';
import { defaultConfigFile } from '../local/master-options.ts';

interface InitOptions {
  readonly config: string;
  readonly kind?: readonly ProjectKind[];
  readonly dryRun?: true;
  readonly types?: true;
}

const editorTypes = path.join(packageFolder, 'editor', 'millrace-env.d.ts');

/** `millrace init`: a first config for the repository here, and what an editor needs to help with it. */
export function initCommand(): Command {
  return localCommand('init')
    .description(
      'write a first config for the git repository here, and the types that an editor completes it by',
    )
    .option('--config <file>', 'the config', defaultConfigFile)
    .addOption(
      new Option('--kind <kind...>', 'what the project is, where its files do not tell it').choices(
        projectKinds,
      ),
    )
    .option('--dry-run', 'print the config, and write nothing')
    .option('--types', 'only bring the types beside the config up to date')
    .addHelpText(
      'after',
      `
It knows Node (npm, pnpm, Yarn, Bun), Python (unittest, pytest), Rust, Go, CMake and make, at the top of the repository
or in the folders below it, and says which tools this machine lacks. A config that is there stays as it is.`,
    )
    .addHelpText(
      'after',
      examples(
        ['millrace init'],
        ['millrace init --dry-run', 'only show what it would write'],
        ['millrace init --kind make', 'the Makefile, whatever else there is'],
        ['millrace init --config ci/millrace.config.ts'],
      ),
    )
    .action((options: InitOptions) => runLocal(async () => init(options)));
}

function init(options: InitOptions): void {
  const file = path.resolve(options.config);
  if (options.types) {
    writeTypes(path.dirname(file));
    return;
  }
  if (options.dryRun === undefined && fs.existsSync(file))
    throw new MillraceError(
      'config-exists',
      `${file} is there already, and millrace init writes over nothing. --dry-run shows what it would write, --config names another file, --types brings the types beside it up to date.`,
    );
  const repository = readGitRepository(nearestFolder(path.dirname(file)));
  const projects = projectsIn(repository, options.kind);
  const text = startingConfig({
    name: nameFrom(path.basename(repository.top), 'app'),
    git: path.relative(path.dirname(file), repository.top).split(path.sep).join('/') || '.',
    branch: repository.branch,
    projects,
  });
  if (options.dryRun) {
    process.stdout.write(text);
    say(process.stderr, remarks(repository, projects));
    return;
  }
  writeTypes(path.dirname(file));
  fs.writeFileSync(file, text, { flag: 'wx' });
  const kept = keepOutOfGit(path.dirname(file));
  say(process.stdout, [
    `wrote ${file}, which builds each commit on ${repository.branch}:`,
    ...summary(projects),
    ...(kept === undefined ? [] : [`wrote ${kept}, which keeps what millrace stores out of git`]),
    ...remarks(repository, projects),
    'Look through it, then: millrace up --force ' + (namedBuilders(projects)[0]?.name ?? 'check'),
  ]);
}

/** @throws MillraceError `kind-not-found`, with what was looked for. */
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

function writeTypes(folder: string): void {
  fs.mkdirSync(folder, { recursive: true });
  const file = path.join(folder, 'millrace-env.d.ts');
  fs.copyFileSync(editorTypes, file);
  say(process.stdout, [`wrote ${file}, by which editors complete and check the config`]);
}

function summary(projects: readonly FoundProject[]): readonly string[] {
  if (projects.length === 0)
    return [
      '  nothing was recognised: the builder "check" lists the files, until you say what builds and tests it',
    ];
  return namedBuilders(projects).flatMap(({ name, project }) => [
    `  ${name}, from ${[...(project.folder === '' ? [] : [`${project.folder}/`]), project.because.join(', ')].join('')}:`,
    ...project.steps.map(({ line }) => `    ${line}`),
  ]);
}

/** What a person should know before the first build. */
function remarks(repository: GitRepository, projects: readonly FoundProject[]): readonly string[] {
  const lines: string[] = [];
  const missing = missingTools(
    projects.flatMap(({ tools }) => tools),
    thisMachine(process.env),
  );
  if (missing.length > 0)
    lines.push(
      `This machine lacks what the steps call; install it before the first build:`,
      ...missing.map(({ what, from }) => `  ${what} (${from})`),
    );
  const unknown = projects
    .flatMap(({ folder, because }) => because.map((one) => (folder === '' ? one : `${folder}/${one}`)))
    .filter((one) => repository.uncommitted.has(one));
  if (!repository.hasCommits)
    lines.push('Nothing is committed yet, and what is built is commits: commit first.');
  else if (unknown.length > 0)
    lines.push(`Not in git yet, so no build would see it: ${unknown.join(', ')}. Commit it first.`);
  if (repository.current !== undefined && repository.current !== repository.branch)
    lines.push(
      `You are on ${repository.current}, which is not watched: add it to the branches if it should be.`,
    );
  return lines;
}

/** What is said holds names of files and branches, which are anybody's. */
function say(stream: NodeJS.WritableStream, lines: readonly string[]): void {
  stream.write(lines.map((line) => `${printable(line)}\n`).join(''));
}

/** The folder of a config need not be there yet. */
function nearestFolder(folder: string): string {
  let nearest = folder;
  while (!fs.existsSync(nearest)) nearest = path.dirname(nearest);
  return nearest;
}
