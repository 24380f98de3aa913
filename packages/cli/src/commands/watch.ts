import type { Command } from 'commander';
import type { MillraceEvent } from '@millrace/protocol/event';
import { results } from '@millrace/protocol/result';
import { clientCommand } from '../client/client-command.ts';
import { processSystem, runClient } from '../client/client-context.ts';
import type { ClientContext, ClientSystem } from '../client/client-context.ts';
import { eventsFrom } from '../client/events.ts';
import { examples } from '../client/help-text.ts';
import { mark } from '../client/mark.ts';
import { paintFor } from '../client/paint.ts';
import type { Paint } from '../client/paint.ts';
import { headline, printable } from '../client/printable.ts';
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

/** `12:04:31 build.finished linux build=17 ✗ failure (timed-out)` */
function eventLine(event: MillraceEvent, paint: Paint): string {
  const parts = [paint.dim(new Date(event.at).toISOString().slice(11, 19)), event.type.padEnd(18)];
  if (event.builder !== undefined) parts.push(paint.bold(printable(event.builder)));
  if (event.build !== undefined) parts.push(`build=${event.build}`);
  if (event.request !== undefined) parts.push(`request=${event.request}`);
  if (event.worker !== undefined) parts.push(`worker=${printable(event.worker)}`);
  const { result, reason, ...rest } = event.data;
  const known = results.find((candidate) => candidate === result);
  if (known !== undefined) parts.push(mark(known, paint));
  if (typeof reason === 'string' && reason !== '') parts.push(`(${headline(reason, 60)})`);
  for (const [name, value] of Object.entries(rest)) {
    if (value !== null && value !== '') parts.push(`${printable(name)}=${headline(textOf(value), 60)}`);
  }
  return parts.join(' ');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
