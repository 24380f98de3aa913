import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { Option } from 'commander';
import type { Command } from 'commander';
import { MillraceError } from '@millrace/kernel/errors';
import { examples } from '../client/help-text.ts';
import { printable } from '../client/printable.ts';
import { firstConfig } from '../init/first-config.ts';
import type { FirstConfig } from '../init/first-config.ts';
import { readGitRepository } from '../init/git-repository.ts';
import { thisMachine } from '../init/missing-tools.ts';
import { projectKinds } from '../init/recognised.ts';
import type { ProjectKind } from '../init/recognised.ts';
import { keepOutOfGit } from '../local/keep-out-of-git.ts';
import { localCommand, runLocal } from '../local/local-command.ts';
import { packageFolder } from '../package-folder.ts';
import { defaultConfigFile } from '../local/master-options.ts';

interface InitOptions {
  readonly config: string;
  readonly kind?: readonly ProjectKind[];
  readonly dryRun?: true;
  readonly types?: true;
  readonly json?: true;
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
    .option('--json', 'print what was found and written as JSON')
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
  const folder = path.dirname(file);
  if (options.types) {
    told(options, { wrote: [writtenTypes(folder)] }, []);
    return;
  }
  if (options.dryRun === undefined && fs.existsSync(file))
    throw new MillraceError(
      'config-exists',
      `${file} is there already, and millrace init writes over nothing. --dry-run shows what it would write, --config names another file, --types brings the types beside it up to date.`,
    );
  const repository = readGitRepository(nearestFolder(folder));
  const first = firstConfig(file, repository, options.kind, thisMachine(process.env));
  if (options.dryRun) {
    if (options.json) told(options, { config: file, wrote: [], ...first }, []);
    else process.stdout.write(first.text);
    if (!options.json) say(process.stderr, remarks(first));
    return;
  }
  const types = writtenTypes(folder);
  fs.writeFileSync(file, first.text, { flag: 'wx' });
  const ignoring = newDataFolder(folder);
  const wrote = [file, types, ...(ignoring === undefined ? [] : [ignoring])];
  told(options, { config: file, wrote, ...first }, [
    `${path.relative('', file)} builds each commit on ${first.branch}:`,
    ...summary(first),
    ...remarks(first),
    `Look through it, then: millrace up --force ${first.builders[0]?.name ?? 'check'}`,
  ]);
}

/** What was done: for a program, or for a person. */
function told(
  options: InitOptions,
  answer: Partial<FirstConfig> & { readonly config?: string; readonly wrote: readonly string[] },
  lines: readonly string[],
): void {
  if (options.json) process.stdout.write(`${JSON.stringify(answer)}\n`);
  else say(process.stdout, [...answer.wrote.map((one) => `wrote ${one}`), ...lines]);
}

/** Where `millrace up` keeps everything, made here so that it is ignored from the beginning. */
function newDataFolder(configFolder: string): string | undefined {
  const folder = path.join(configFolder, '.millrace');
  if (fs.existsSync(folder)) return undefined;
  fs.mkdirSync(folder);
  return keepOutOfGit(folder);
}

/** By which editors complete and check the config. */
function writtenTypes(folder: string): string {
  fs.mkdirSync(folder, { recursive: true });
  const file = path.join(folder, 'millrace-env.d.ts');
  fs.copyFileSync(editorTypes, file);
  return file;
}

function summary({ builders }: FirstConfig): readonly string[] {
  if (builders.length === 0)
    return [
      '  nothing was recognised: the builder "check" lists the files, until you say what builds and tests it',
    ];
  return builders.flatMap(({ name, folder, because, steps }) => [
    `  ${name}, from ${path.posix.join(folder, because.join(', '))}:`,
    ...steps.map((line) => `    ${line}`),
  ]);
}

/** What a person should know before the first build. */
function remarks({ missing, notes }: FirstConfig): readonly string[] {
  if (missing.length === 0) return notes;
  return [
    'This machine lacks what the steps call; install it before the first build:',
    ...missing.map(({ what, from }) => `  ${what} (${from})`),
    ...notes,
  ];
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
