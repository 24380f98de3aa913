import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import { messageOf, MillraceError } from '@millrace/kernel/errors';
import { processSystem } from '../client/client-context.ts';
import type { ClientSystem } from '../client/client-context.ts';
import { localCommand, runLocal } from '../local/local-command.ts';
import { say } from '../local/run-master.ts';
import { slotCount } from '../local/slot-count.ts';
import { workerVerbs } from './workers.ts';

interface WorkerCommandOptions {
  readonly master: string;
  readonly name: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly caFile?: string;
  readonly tlsName?: string;
  readonly data: string;
  readonly slots: number;
  readonly builds?: string;
  readonly passEnv?: readonly string[];
}

/** As a shell tells a program that an interrupt ended. */
const interruptedExit = 130;

/** `millrace worker`: a machine that runs builds. This process is its supervisor. */
export function workerCommand(system: ClientSystem = processSystem()): Command {
  const command = localCommand('worker')
    .description('run builds on this machine for a master; with a verb: ask a master about one')
    .option('--master <url>', 'the master: http, https, ws or wss')
    .option('--name <name>', "this worker's name in the master's config")
    .option(
      '--token <token>',
      'its token (or MILLRACE_WORKER_TOKEN); on the machine of the master it may do without',
    )
    .option('--token-file <file>', 'a file that holds its token, which then no list of processes shows')
    .option(
      '--ca-file <file>',
      "PEM: the authority that signed the master's certificate, or that certificate, beside those the system knows",
    )
    .option('--tls-name <name>', "the name that the master's certificate is for, where --master says another")
    .option('--data <folder>', 'where builds are run and their journals kept', '.millrace-worker')
    .option('--builds <folder>', 'where build folders are made, such as a fast disk (in --data)', absolute)
    .option(
      '--pass-env <names>',
      "variables of this command's environment that steps see beside the usual few: NAME,NAME",
      variableNames,
    )
    .option('--slots <n>', 'how many builds it runs at a time', slotCount, 1)
    .addHelpText(
      'after',
      `
SIGTERM or an interrupt ends everything, the commands of running builds too. SIGHUP ends the supervisor alone: the
builds go on, and the next start takes them up, as it does after a kill -9.

Example:
  $ millrace worker --master wss://ci.example.org --name linux-1 --token-file /etc/millrace/token --data /var/lib/millrace --slots 4`,
    )
    .action(async (options: Partial<WorkerCommandOptions>) => {
      // They are needed by this command and not by its verbs, so it looks for them itself.
      const { master, name } = options;
      if (master === undefined) return command.error("error: required option '--master <url>' not specified");
      if (name === undefined) return command.error("error: required option '--name <name>' not specified");
      return runLocal(() => worker({ ...(options as WorkerCommandOptions), master, name }));
    });
  for (const verb of workerVerbs(system)) command.addCommand(verb);
  return command;
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
    token: options.token ?? tokenIn(options.tokenFile) ?? process.env.MILLRACE_WORKER_TOKEN ?? null,
    caFile: options.caFile ?? process.env.MILLRACE_CA_FILE,
    tlsName: options.tlsName,
    dataFolder: options.data,
    slots: options.slots,
    buildsFolder: options.builds,
    passedVariables: options.passEnv,
    signal: stop.signal,
    leave: leave.signal,
    log: say,
  });
}

function absolute(folder: string): string {
  return path.resolve(folder);
}

function variableNames(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  const wrong = names.find((name) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name));
  if (wrong === undefined) return names;
  throw new InvalidArgumentError(`'${wrong}' is no name of an environment variable: NAME,NAME.`);
}

/** @throws MillraceError `token-file` */
function tokenIn(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw new MillraceError('token-file', `The file of --token-file cannot be read: ${messageOf(cause)}`, {
      cause,
    });
  }
  if (/^\S{1,1000}$/.test(text)) return text;
  throw new MillraceError('token-file', `${file} has to hold one token, as "millrace token" prints it.`);
}
