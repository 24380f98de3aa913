import type { Command } from 'commander';
import type { Request } from '@millrace/protocol/api/requests';
import { clientCommand, wholeNumber } from '../client/client-command.ts';
import { processSystem, runClient } from '../client/client-context.ts';
import type { ClientContext, ClientSystem } from '../client/client-context.ts';
import { ago } from '../client/duration.ts';
import { examples } from '../client/help-text.ts';
import { headline, printable } from '../client/printable.ts';
import { table } from '../client/table.ts';
import { writeJson } from '../client/write-json.ts';

interface Options {
  readonly json?: true;
  readonly builder?: string;
  readonly limit: number;
}

/** `millrace queue`: what waits, and why. */
export function queueCommand(system: ClientSystem = processSystem()): Command {
  return clientCommand('queue', system)
    .description('list the requests that wait, and why they do')
    .option('--builder <name>', 'of this builder')
    .option('--limit <n>', 'at most so many', wholeNumber, 100)
    .addHelpText(
      'after',
      examples(['millrace queue'], ['millrace queue --builder linux --json | jq .items[].waitsFor']),
    )
    .action((options: Options) => runClient(system, (context) => listQueue(context, options)));
}

async function listQueue(context: ClientContext, options: Options): Promise<void> {
  const { json, ...query } = options;
  const found = await context.client.get<{ items: Request[] }>('/requests', { ...query, state: 'pending' });
  if (json) return writeJson(context, found);
  if (found.items.length === 0) return context.note('nothing waits');
  const now = context.clock.now();
  const rows = found.items.map((request) => [
    String(request.id),
    printable(request.builder),
    headline(request.branch ?? '', 30),
    (request.revision ?? '').slice(0, 10),
    String(request.priority),
    ago(now - request.createdAt),
    printable(request.waitsFor ?? ''),
  ]);
  await context.stdout.write(
    table(['REQUEST', 'BUILDER', 'BRANCH', 'REVISION', 'PRIORITY', 'ASKED', 'WAITS FOR'], rows),
  );
}
