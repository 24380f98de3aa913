import process from 'node:process';
import type { Command } from 'commander';
import { localCommand, runLocal } from '../local/local-command.ts';
import { say } from '../local/run-master.ts';
import { slotCount } from '../local/slot-count.ts';

interface WorkerCommandOptions {
  readonly master: string;
  readonly name: string;
  readonly token?: string;
  readonly data: string;
  readonly slots: number;
}

/** As a shell tells a program that an interrupt ended. */
const interruptedExit = 130;

/** `millrace worker`: a machine that runs builds. This process is its supervisor. */
export function workerCommand(): Command {
  return localCommand('worker')
    .description('run builds on this machine for a master')
    .requiredOption('--master <url>', 'the master: http, https, ws or wss')
    .requiredOption('--name <name>', "this worker's name in the master's config")
    .option(
      '--token <token>',
      'its token (or MILLRACE_WORKER_TOKEN); on the machine of the master it may do without',
    )
    .option('--data <folder>', 'where builds are run and their journals kept', '.millrace-worker')
    .option('--slots <n>', 'how many builds it runs at a time', slotCount, 1)
    .addHelpText(
      'after',
      `
SIGTERM or an interrupt ends everything, the commands of running builds too. SIGHUP ends the supervisor alone: the
builds go on, and the next start takes them up, as it does after a kill -9.

Example:
  $ millrace worker --master wss://ci.example.org --name linux-1 --token "$TOKEN" --data /var/lib/millrace --slots 4`,
    )
    .action((options: WorkerCommandOptions) => runLocal(() => worker(options)));
}

async function worker(options: WorkerCommandOptions): Promise<void> {
  const { runWorker } = await import('@millrace/worker/run-worker');
  const stop = new AbortController();
  const leave = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.on(signal, () => {
      if (stop.signal.aborted) process.exit(interruptedExit);
      stop.abort();
    });
  process.on('SIGHUP', () => leave.abort());
  await runWorker({
    masterUrl: options.master,
    name: options.name,
    token: options.token ?? process.env.MILLRACE_WORKER_TOKEN ?? null,
    dataFolder: options.data,
    slots: options.slots,
    signal: stop.signal,
    leave: leave.signal,
    log: say,
  });
}
