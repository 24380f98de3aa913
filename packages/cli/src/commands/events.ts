import type { Command } from 'commander';
import type { Events } from '@millrace/protocol/api/events';
import { clientCommand, wholeNumber } from '../client/client-command.ts';
import { processSystem, runClient } from '../client/client-context.ts';
import type { ClientContext, ClientSystem } from '../client/client-context.ts';
import { eventLine } from '../client/event-line.ts';
import { examples } from '../client/help-text.ts';
import { paintFor } from '../client/paint.ts';
import { writeJson } from '../client/write-json.ts';

interface Options {
  readonly json?: true;
  readonly type?: string;
  readonly builder?: string;
  readonly build?: number;
  readonly after: string;
  readonly limit: number;
}

/** `millrace events`: what has happened, oldest first; `watch` tells what happens. */
export function eventsCommand(system: ClientSystem = processSystem()): Command {
  return clientCommand('events', system)
    .description('list what has happened, oldest first')
    .option('--type <type>', 'of these kinds (build.finished); several by commas')
    .option('--builder <name>', 'about this builder')
    .option('--build <id>', 'about this build', wholeNumber)
    .option('--after <cursor>', 'behind the "nextCursor" of the answer before', 'start')
    .option('--limit <n>', 'at most so many', wholeNumber, 100)
    .addHelpText(
      'after',
      examples(
        ['millrace events --build 17'],
        ['millrace events --type worker.paused,worker.resumed --json | jq .items[].data'],
      ),
    )
    .action((options: Options) => runClient(system, (context) => listEvents(context, options)));
}

async function listEvents(context: ClientContext, { json, ...query }: Options): Promise<void> {
  const found = await context.client.get<Events>('/events', { ...query });
  if (json) return writeJson(context, found);
  if (found.items.length === 0) return context.note('nothing like that has happened');
  const paint = paintFor(context.colour);
  await context.stdout.write(found.items.map((event) => `${eventLine(event, paint)}\n`).join(''));
}
