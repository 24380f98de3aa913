import type { Command } from 'commander';
import { clientCommand } from '../client/client-command.ts';
import { processSystem, runClient } from '../client/client-context.ts';
import type { ClientContext, ClientSystem } from '../client/client-context.ts';
import { eventLine } from '../client/event-line.ts';
import { eventsFrom } from '../client/events.ts';
import { examples } from '../client/help-text.ts';
import { paintFor } from '../client/paint.ts';
import { writeJson } from '../client/write-json.ts';

interface Options {
  readonly json?: true;
  readonly builder?: string;
  readonly after?: string;
}

/** `millrace watch`: events as they happen, none missed over a restart of the master. */
export function watchCommand(system: ClientSystem = processSystem()): Command {
  return clientCommand('watch', system)
    .description('print events as they happen, until interrupted')
    .option('--builder <name>', 'only of this builder')
    .option('--after <cursor>', 'begin after this event instead of now')
    .addHelpText(
      'after',
      examples(
        ['millrace watch --builder linux'],
        ['millrace watch --json | jq \'select(.type == "build.finished")\''],
      ),
    )
    .action((options: Options) => runClient(system, (context) => watch(context, options)));
}

async function watch(context: ClientContext, options: Options): Promise<void> {
  const paint = paintFor(context.colour);
  for await (const item of eventsFrom(context, options.after)) {
    if (item.kind !== 'event') continue;
    const { event } = item;
    if (options.builder !== undefined && event.builder !== options.builder) continue;
    if (options.json) await writeJson(context, event);
    else await context.stdout.write(`${eventLine(event, paint)}\n`);
  }
}
