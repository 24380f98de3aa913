import type { Command } from 'commander';
import { clientCommand } from '../client/client-command.ts';
import { processSystem, runClient } from '../client/client-context.ts';
import type { ClientSystem } from '../client/client-context.ts';
import { examples, waitingExitCodes } from '../client/help-text.ts';
import type { ReproduceOptions } from '../run/reproduce-build.ts';

/** `millrace reproduce BUILD`: runs a recorded build here, up to the step that failed. */
export function reproduceCommand(system: ClientSystem = processSystem()): Command {
  return clientCommand('reproduce', system, waitingExitCodes)
    .description('run a recorded build on this machine, up to the step that failed there')
    .argument('<build>', 'its id, or BUILDER#NUMBER')
    .option('--all', 'run the steps after it, too')
    .option('--source <where>', 'a repository that has the revision (the working copy here, if it has it)')
    .option('--shell', 'open a shell afterwards, where the last step ran and with what it saw')
    .option('--data <folder>', 'where it is built (~/.cache/millrace/reproduce/...)')
    .addHelpText(
      'after',
      `
Plan, revision and properties are those of the build; it says in what this machine differs from the worker's. A secret
"npm-token" is taken from MILLRACE_SECRET_NPM_TOKEN. The folder stays for looking around.`,
    )
    .addHelpText(
      'after',
      examples(
        ['millrace reproduce 17'],
        ['millrace reproduce linux#4 --shell', 'and look around where it failed'],
      ),
    )
    .action((build: string, options: ReproduceOptions) =>
      runClient(system, async (context) => {
        // Loaded here, so that other commands do not wait for the slot.
        const { reproduceBuild } = await import('../run/reproduce-build.ts');
        return reproduceBuild(context, build, options);
      }),
    );
}
