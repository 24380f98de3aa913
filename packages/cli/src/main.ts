import process from 'node:process';
import { Command } from 'commander';
import { exitCodes } from './client/exit-code.ts';
import { buildCommand } from './commands/build.ts';
import { buildsCommand } from './commands/builds.ts';
import { cancelCommand } from './commands/cancel.ts';
import { checkCommand } from './commands/check.ts';
import { churnCommand } from './commands/churn.ts';
import { dfCommand } from './commands/df.ts';
import { forceCommand } from './commands/force.ts';
import { initCommand } from './commands/init.ts';
import { logCommand } from './commands/log.ts';
import { masterCommand } from './commands/master.ts';
import { queueCommand } from './commands/queue.ts';
import { retryCommand } from './commands/retry.ts';
import { tokenCommand } from './commands/token.ts';
import { upCommand } from './commands/up.ts';
import { uploadCommand } from './commands/upload.ts';
import { watchCommand } from './commands/watch.ts';
import { workerCommand } from './commands/worker.ts';
import packageJson from '../package.json' with { type: 'json' };
import { endWithWrapper } from './wrapped.ts';

endWithWrapper();

const program = new Command('millrace')
  .description('Builds what you commit, and keeps a record of everything that anybody can query and watch.')
  .version(packageJson.version)
  .showHelpAfterError('(millrace --help tells what there is)')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? exitCodes.success : exitCodes.usage))
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

program.commandsGroup('Run millrace:');
for (const command of [upCommand(), masterCommand(), workerCommand()]) program.addCommand(command);
program.commandsGroup('Set it up:');
for (const command of [initCommand(), checkCommand(), tokenCommand()]) program.addCommand(command);
program.commandsGroup('Ask a master:');
for (const command of [
  buildsCommand(),
  buildCommand(),
  logCommand(),
  forceCommand(),
  cancelCommand(),
  retryCommand(),
  queueCommand(),
  watchCommand(),
])
  program.addCommand(command);
program.commandsGroup('Tools:');
for (const command of [churnCommand(), dfCommand(), uploadCommand()]) program.addCommand(command);

await program.parseAsync();
