import type { Command } from 'commander';
import type { Reloaded } from '@millrace/protocol/api/configs';
import { clientCommand } from '../client/client-command.ts';
import { processSystem, runClient } from '../client/client-context.ts';
import type { ClientContext, ClientSystem } from '../client/client-context.ts';
import { diffText } from '../client/config-diff-text.ts';
import { examples } from '../client/help-text.ts';
import { onlyMaster } from '../client/only-master.ts';
import { paintFor } from '../client/paint.ts';
import { printable } from '../client/printable.ts';
import { writeJson } from '../client/write-json.ts';

interface Options {
  readonly json?: true;
  readonly dryRun?: true;
  readonly master?: string;
}

/** `millrace reload`: the config comes into force as it is on the master's disk, as a whole or not at all. */
export function reloadCommand(system: ClientSystem = processSystem()): Command {
  return clientCommand('reload', system)
    .description('let a master read its config again, and tell what that changes; what runs is not touched')
    .option('--dry-run', 'only tell what it would change')
    .option('--master <name>', 'which, where several share a store')
    .addHelpText(
      'after',
      examples(
        ['millrace reload --dry-run', 'what would the config on the disk change?'],
        ['millrace reload'],
        ['millrace reload --json | jq .diff.consequences'],
      ),
    )
    .action((options: Options) => runClient(system, (context) => reload(context, options)));
}

async function reload(context: ClientContext, options: Options): Promise<void> {
  const master = options.master ?? (await onlyMaster(context));
  const body = options.dryRun ? { dryRun: true } : {};
  const answer = await context.client.post<Reloaded>(`/masters/${encodeURIComponent(master)}/reload`, body);
  if (options.json) return writeJson(context, answer);
  const paint = paintFor(context.colour);
  await context.stdout.write(`${paint.bold(printable(answer.file))}  ${sentence(answer)}\n`);
  await context.stdout.write(diffText(answer.diff, paint));
}

function sentence({ kind, before, after, diff }: Reloaded): string {
  const generations = before === after ? after : `${before} → ${after}`;
  if (kind === 'unchanged') return `nothing has changed (${after})`;
  if (kind === 'reloaded') return `is in force: ${generations}`;
  const isSame = diff.nouns.length + diff.settings.length === 0;
  return isSame ? `would change nothing (${generations})` : `would change this: ${generations}`;
}
