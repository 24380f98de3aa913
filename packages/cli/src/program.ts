import { Command } from 'commander';
import { processSystem } from './client/client-context.ts';
import type { ClientSystem } from './client/client-context.ts';
import { exitCodes } from './client/exit-code.ts';
import { printableText } from './client/printable.ts';
import { builderCommand, buildersCommand } from './commands/builders.ts';
import { backupCommand } from './commands/backup.ts';
import { buildCommand } from './commands/build.ts';
import { buildsCommand } from './commands/builds.ts';
import { buildsetCommand, buildsetsCommand } from './commands/buildsets.ts';
import { cancelCommand } from './commands/cancel.ts';
import { changeCommand, changesCommand } from './commands/changes.ts';
import { checkCommand } from './commands/check.ts';
import { churnCommand } from './commands/churn.ts';
import { dfCommand } from './commands/df.ts';
import { completeCommand } from './commands/complete.ts';
import { completionCommand } from './commands/completion.ts';
import { eventsCommand } from './commands/events.ts';
import { doctorCommand } from './commands/doctor.ts';
import { forceCommand } from './commands/force.ts';
import { initCommand } from './commands/init.ts';
import { logCommand } from './commands/log.ts';
import { masterCommand } from './commands/master.ts';
import { mastersCommand } from './commands/masters.ts';
import { profileCommand } from './commands/profile.ts';
import { queueCommand } from './commands/queue.ts';
import { reloadCommand } from './commands/reload.ts';
import { repositoriesCommand, repositoryCommand } from './commands/repositories.ts';
import { requestCommand, requestsCommand } from './commands/requests.ts';
import { restoreCommand } from './commands/restore.ts';
import { retentionCommand } from './commands/retention.ts';
import { retryCommand } from './commands/retry.ts';
import { reproduceCommand } from './commands/reproduce.ts';
import { runCommand } from './commands/run.ts';
import { schedulerCommand, schedulersCommand } from './commands/schedulers.ts';
import { tokenCommand } from './commands/token.ts';
import { upCommand } from './commands/up.ts';
import { uploadCommand } from './commands/upload.ts';
import { watchCommand } from './commands/watch.ts';
import { workerCommand } from './commands/worker.ts';
import { workersCommand } from './commands/workers.ts';
import packageJson from '../package.json' with { type: 'json' };

/**
 * The whole command line. Help, completion, the reference and the tests are all made of it, so a command that
 * is added here is in all of them.
 */
export function createProgram(system: ClientSystem = processSystem()): Command {
  const program = new Command('millrace')
    .description('Builds what you commit, and keeps a record of everything that anybody can query and watch.')
    .version(packageJson.version)
    .showHelpAfterError('(millrace --help tells what there is)')
    .configureOutput({
      writeOut: (text) => void system.stdout.write(text),
      writeErr: (text) => void system.stderr.write(printableText(text)),
    })
    .exitOverride((error) => {
      system.exitNow(error.exitCode === 0 ? exitCodes.success : exitCodes.usage);
      throw error;
    })
    .addHelpText(
      'after',
      `
Examples:
  $ millrace init                     write a millrace.config.ts for the git repository here
  $ millrace up                       a master, a worker and the pages, on http://127.0.0.1:8010
  $ millrace force check --wait       build, and end as the build ends
  $ millrace log 7 -f                 follow the output of build 7

Exit codes: 0 success, 1 failure, 2 wrong usage, 3 exception or cancelled, 4 no master to be reached.`,
    );
  for (const [group, commands] of commandGroups(system)) {
    program.commandsGroup(group);
    for (const command of commands) program.addCommand(command);
  }
  // Named here, it stands in the last group; left to itself it would make one of its own.
  program.helpCommand('help [command]', 'tell what a command does');
  program.addCommand(
    completeCommand(() => program, system),
    { hidden: true },
  );
  return program;
}

/** In the order of the help. */
function commandGroups(system: ClientSystem): readonly (readonly [string, readonly Command[]])[] {
  return [
    ['Run millrace:', [upCommand(), masterCommand(), workerCommand(system)]],
    ['Set it up:', [initCommand(), checkCommand(), tokenCommand(), completionCommand(system)]],
    [
      'Keep it:',
      [
        doctorCommand(system),
        profileCommand(system),
        retentionCommand(system),
        backupCommand(),
        restoreCommand(),
      ],
    ],
    ['Build here:', [runCommand(system), reproduceCommand(system)]],
    [
      'Ask a master:',
      [
        buildsCommand(system),
        buildCommand(system),
        logCommand(system),
        forceCommand(system),
        cancelCommand(system),
        retryCommand(system),
        queueCommand(system),
        watchCommand(system),
        eventsCommand(system),
        buildersCommand(system),
        builderCommand(system),
        requestsCommand(system),
        requestCommand(system),
        buildsetsCommand(system),
        buildsetCommand(system),
        changesCommand(system),
        changeCommand(system),
        repositoriesCommand(system),
        repositoryCommand(system),
        schedulersCommand(system),
        schedulerCommand(system),
        workersCommand(system),
        mastersCommand(system),
        reloadCommand(system),
      ],
    ],
    ['Tools:', [churnCommand(system), dfCommand(system), uploadCommand(system)]],
  ];
}
