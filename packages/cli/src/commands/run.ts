import type { Command } from 'commander';
import { codeOf } from '@millrace/kernel/errors';
import { processSystem } from '../client/client-context.ts';
import type { ClientSystem } from '../client/client-context.ts';
import { exitCodeOfError, sentenceOf } from '../client/exit-code.ts';
import { examples } from '../client/help-text.ts';
import { propertyOption } from '../client/property-option.ts';
import { localCommand } from '../local/local-command.ts';
import { defaultConfigFile } from '../local/master-options.ts';
import { runExitCodes } from '../run/exit-codes.ts';
import type { RunOptions } from '../run/run-builder.ts';

/** `millrace run BUILDER`: what a worker would do with this working copy, here and now, without a master. */
export function runCommand(system: ClientSystem = processSystem()): Command {
  return localCommand('run', runExitCodes)
    .description('build this working copy here, uncommitted changes included, without a master')
    .argument('[builder]', "its name; the config's only one where there is no other")
    .option('--config <file>', 'the config', defaultConfigFile)
    .option('--property <name=value>', 'give the build a property; may be repeated', propertyOption)
    .option('--branch <name>', 'build as if on this branch (the one that is checked out)')
    .option('--step <name...>', 'run only these steps, after the checkout')
    .option('--from <name>', 'run from this step on, after the checkout')
    .option('--in-place', 'run the steps in the working copy itself, and check nothing out')
    .option('--source <folder>', 'the working copy (the one of the config, or the one here)')
    .option('--data <folder>', 'where it is built (~/.cache/millrace/run/...)')
    .option('--json', 'print a line of JSON for each thing that happens')
    .addHelpText(
      'after',
      `
The steps run in a copy of what lies here and is not ignored; with --step and --from the copy keeps what earlier runs
made. A secret "npm-token" is taken from MILLRACE_SECRET_NPM_TOKEN, else from where the config has it. Ctrl-C ends
everything that was started; again, at once.`,
    )
    .addHelpText(
      'after',
      examples(
        ['millrace run check'],
        ['millrace run check --from "npm test"', 'after a mended test, without installing again'],
        ['millrace run release --branch release/2.0 --property target=staging --json'],
      ),
    )
    .action(async (builder: string | undefined, options: RunOptions) => {
      try {
        // Loaded here, so that other commands do not wait for the slot.
        const { runBuilder } = await import('../run/run-builder.ts');
        system.exitWith(await runBuilder(system, builder, options));
      } catch (error) {
        // A reader of standard output that has left (`| head`) is no error to tell.
        if (codeOf(error) === 'EPIPE') return;
        await system.stderr.write(`${sentenceOf(error)}\n`);
        system.exitWith(exitCodeOfError(error));
      }
    });
}
