import { AssertionError } from '@millrace/kernel/assert';
import type { Worker } from '@millrace/protocol/api/workers';
import type { Command } from 'commander';
import { clientCommand } from '../client/client-command.ts';
import { runClient } from '../client/client-context.ts';
import type { ClientContext, ClientSystem } from '../client/client-context.ts';
import { eventsFrom } from '../client/events.ts';
import { exitCodes } from '../client/exit-code.ts';
import type { ExitCode } from '../client/exit-code.ts';
import { clientExitCodes, examples } from '../client/help-text.ts';
import { printable } from '../client/printable.ts';
import { longPatienceMs } from '../client/resuming-stream.ts';
import { writeJson } from '../client/write-json.ts';

interface Options {
  readonly json?: true;
  readonly reason: string;
  readonly wait?: true;
}

/** `millrace worker drain linux-1 --reason upgrade --wait`: no new builds, and told when it is idle. */
export function drainVerb(system: ClientSystem): Command {
  return clientCommand('drain', system, {
    ...clientExitCodes,
    3: 'with --wait: somebody resumed it before it was idle',
  })
    .description('give a worker no new builds, and tell when what runs there has ended')
    .argument('<name>', "the worker's name in the config")
    .requiredOption('--reason <text>', 'why, for whoever wonders later')
    .option('--wait', 'end when it is idle')
    .addHelpText(
      'after',
      examples(['millrace worker drain linux-1 --reason upgrade --wait && ssh linux-1 sudo reboot']),
    )
    .action((name: string, options: Options) =>
      runClient(system, (context) => drain(context, name, options)),
    );
}

async function drain(context: ClientContext, name: string, options: Options): Promise<ExitCode> {
  const path = `/workers/${encodeURIComponent(name)}`;
  const asked = await context.client.post<Worker>(`${path}/drain`, { reason: options.reason });
  const worker = options.wait ? await whenIdle(context, path, name, asked) : asked;
  if (options.json) await writeJson(context, worker);
  else await context.stdout.write(`worker ${printable(name)} ${told(worker)}\n`);
  return options.wait && worker.hold?.state !== 'drained' ? exitCodes.exception : exitCodes.success;
}

function told(worker: Worker): string {
  const { hold, builds } = worker;
  if (hold?.state === 'drained') return 'is drained';
  if (hold?.state === 'draining')
    return `is draining: ${builds.length} still ${builds.length === 1 ? 'runs' : 'run'}`;
  return hold === null ? 'was resumed before it was idle' : `is ${hold.state}`;
}

/** It asks when it begins to listen and after each event of the worker, so it sees the end however often it is cut off. */
async function whenIdle(context: ClientContext, path: string, name: string, asked: Worker): Promise<Worker> {
  if (asked.hold?.state !== 'draining') return asked;
  for await (const item of eventsFrom(context)) {
    if (item.kind === 'lost' || (item.kind === 'event' && item.event.worker !== name)) continue;
    const worker = await context.client.get<Worker>(path, {}, { patienceMs: longPatienceMs });
    if (worker.hold?.state !== 'draining') return worker;
  }
  throw new AssertionError('the events of a master do not end by themselves');
}
