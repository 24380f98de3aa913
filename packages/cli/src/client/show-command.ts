import type { Command } from 'commander';
import { clientCommand } from './client-command.ts';
import { runClient } from './client-context.ts';
import type { ClientSystem } from './client-context.ts';
import { ago } from './duration.ts';
import { examples } from './help-text.ts';
import { paintFor } from './paint.ts';
import { printable } from './printable.ts';
import { UsageError } from './usage-error.ts';
import { writeJson } from './write-json.ts';

export interface ShowSpec {
  readonly noun: string;
  /** How it is called: by a number or by a name. */
  readonly by: 'id' | 'name';
  /** Of the API, before the number or the name. */
  readonly path: string;
  readonly example: string;
}

/** `millrace worker show linux-1`: every field of one thing, a line each. */
export function showCommand(system: ClientSystem, { noun, by, path, example }: ShowSpec): Command {
  return clientCommand('show', system)
    .description(`show everything that is known of one ${noun}`)
    .argument(`<${by}>`, by === 'id' ? 'its number' : 'its name')
    .addHelpText('after', examples([example], [`${example} --json | jq .`]))
    .action((named: string, options: { readonly json?: true }) =>
      runClient(system, async (context) => {
        const address = `${path}/${addressOf(noun, by, named)}`;
        const found = await context.client.get<Record<string, unknown>>(address);
        if (options.json) return writeJson(context, found);
        const paint = paintFor(context.colour);
        const width = Math.max(...Object.keys(found).map((name) => name.length));
        const lines = Object.entries(found).map(
          ([name, value]) =>
            `${paint.dim(printable(name).padEnd(width))}  ${shown(name, value, context.clock.now())}`,
        );
        await context.stdout.write(`${lines.join('\n')}\n`);
      }),
    );
}

/** For the address of a call. */
export function addressOf(noun: string, by: ShowSpec['by'], named: string): string {
  if (by === 'id' && !/^[1-9][0-9]{0,15}$/u.test(named))
    throw new UsageError(`"${printable(named)}" is no number of a ${noun}: "millrace ${noun}s" lists them.`);
  return encodeURIComponent(named);
}

function shown(name: string, value: unknown, now: number): string {
  if (value === null || value === '') return '-';
  if (name.endsWith('At') && typeof value === 'number' && value > 0)
    return `${new Date(value).toISOString()}, ${ago(now - value)}`;
  return printable(typeof value === 'string' ? value : (JSON.stringify(value) ?? '-'));
}
