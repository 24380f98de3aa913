import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type { Command } from 'commander';
import { MillraceError } from '@millrace/kernel/errors';
import { localCommand, runLocal } from '../local/local-command.ts';
import { defaultConfigFile } from '../local/master-options.ts';
import { projectSteps } from '../local/project-steps.ts';
import { startingConfig } from '../local/starting-config.ts';
import { examples } from '../client/help-text.ts';

const typesName = 'millrace-env.d.ts';
const editorTypes = new URL('../../editor/millrace-env.d.ts', import.meta.url);

/** `millrace init`: a first config for the repository here, and what an editor needs to help with it. */
export function initCommand(): Command {
  return localCommand('init')
    .description(
      'write a first config for the git repository here, and the types that an editor completes it by',
    )
    .option('--config <file>', 'the config', defaultConfigFile)
    .option('--json', 'print { config, types, wrote } as JSON')
    .addHelpText(
      'after',
      '\nIt never writes over a config that is there; the types beside it are brought up to date.',
    )
    .addHelpText('after', examples(['millrace init'], ['millrace init --config ci/millrace.config.ts']))
    .action((options: { readonly config: string; readonly json?: true }) =>
      runLocal(async () => {
        const { wrote, told } = init(path.resolve(options.config));
        const types = path.join(path.dirname(path.resolve(options.config)), typesName);
        const answer = { config: path.resolve(options.config), types, wrote };
        process.stdout.write(options.json ? `${JSON.stringify(answer)}\n` : told);
      }),
    );
}

interface Written {
  /** The files that it wrote. */
  readonly wrote: readonly string[];
  /** The same for a person. */
  readonly told: string;
}

function init(file: string): Written {
  const folder = path.dirname(file);
  fs.mkdirSync(folder, { recursive: true });
  const top = git(folder, 'rev-parse', '--show-toplevel');
  if (top === undefined)
    throw new MillraceError(
      'no-repository',
      `${folder} is in no git repository. Run \`git init\` first, or go to one.`,
    );
  const typesFile = path.join(folder, typesName);
  fs.copyFileSync(editorTypes, typesFile);
  const types = `wrote ${typesFile}, by which editors complete and check the config\n`;
  if (fs.existsSync(file))
    return { wrote: [typesFile], told: `${types}${file} is there already and stays as it is\n` };
  const name =
    path
      .basename(top)
      .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
      .replace(/^[^A-Za-z0-9]+/, '') || 'app';
  const steps = projectSteps({
    has: (one) => fs.existsSync(path.join(top, one)),
    text: (one) => fs.readFileSync(path.join(top, one), 'utf8'),
  });
  const branch = git(folder, 'symbolic-ref', '--short', 'HEAD') ?? 'main';
  const repository = path.relative(folder, top) || '.';
  fs.writeFileSync(file, startingConfig({ name, git: repository, branch, steps }), { flag: 'wx' });
  const told =
    types +
    `wrote ${file}, which builds each commit on ${branch}:\n` +
    ['checkout', ...steps].map((step) => `  ${step}\n`).join('') +
    `Look through it, commit both files and keep .millrace/ out of git; then: millrace up\n`;
  return { wrote: [typesFile, file], told };
}

function git(folder: string, ...args: readonly string[]): string | undefined {
  const ended = spawnSync('git', args, {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return ended.status === 0 ? ended.stdout.trim() : undefined;
}
