import type { Command } from 'commander';
import type { Retention } from '@millrace/protocol/api/retention';
import { clientCommand } from '../client/client-command.ts';
import { processSystem, runClient } from '../client/client-context.ts';
import type { ClientContext, ClientSystem } from '../client/client-context.ts';
import { examples } from '../client/help-text.ts';
import { humanSize } from '../client/human-size.ts';
import { printable } from '../client/printable.ts';
import { table } from '../client/table.ts';
import { writeJson } from '../client/write-json.ts';

interface Options {
  readonly dryRun?: true;
  readonly json?: true;
}

type Limit = Retention['builders'][number]['builds'];

/** `millrace retention`: what is kept of each builder, and what the master is about to remove. */
export function retentionCommand(system: ClientSystem = processSystem()): Command {
  return clientCommand('retention', system)
    .description('tell what is kept; with --dry-run also what has had its time, and how many bytes it is')
    .option('--dry-run', 'count what the next pass removes; nothing is removed by asking')
    .addHelpText(
      'after',
      "\nA master removes by itself, every ten minutes, what its config's `retention` says.",
    )
    .addHelpText(
      'after',
      examples(
        ['millrace retention'],
        ['millrace retention --dry-run'],
        ['millrace retention --dry-run --json'],
      ),
    )
    .action((options: Options) => runClient(system, (context) => show(context, options)));
}

async function show(context: ClientContext, options: Options): Promise<void> {
  const retention = await context.client.get<Retention>('/retention');
  if (options.json) return writeJson(context, retention);
  await context.stdout.write(options.dryRun ? dueText(retention) : rulesText(retention));
}

function rulesText({ builders, events, changes }: Retention): string {
  const rows = builders.map(({ builder, builds, logs }) => [
    printable(builder),
    limitText(builds),
    limitText(logs),
  ]);
  return `${table(['BUILDER', 'BUILDS', 'LOGS'], rows)}events: ${daysText(events.days)}; changes: ${daysText(changes.days)}\n`;
}

function dueText({ builders, events, changes }: Retention): string {
  const rows = builders
    .filter(({ due }) => due.builds + due.logs > 0)
    .map(({ builder, due }) => [
      printable(builder),
      String(due.builds),
      String(due.logs),
      humanSize(BigInt(due.bytes)),
    ]);
  if (rows.length === 0 && events.due === 0 && changes.due === 0) return 'the next pass removes nothing\n';
  const bytes = builders.reduce((sum, { due }) => sum + due.bytes, 0);
  const list = rows.length === 0 ? '' : table(['BUILDER', 'BUILDS', 'LOGS', 'BYTES'], rows);
  return `${list}the next pass removes logs of ${humanSize(BigInt(bytes))}, ${events.due} events and ${changes.due} changes\n`;
}

function limitText({ days, count }: Limit): string {
  const parts = [
    ...(days === null ? [] : [daysText(days)]),
    ...(count === null ? [] : [`the newest ${count}`]),
  ];
  return parts.length === 0 ? 'for ever' : parts.join(', of these ');
}

function daysText(days: number | null): string {
  return days === null ? 'for ever' : `${days} ${days === 1 ? 'day' : 'days'}`;
}
