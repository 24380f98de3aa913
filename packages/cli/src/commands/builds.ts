import { Option } from 'commander';
import type { Command } from 'commander';
import type { Build } from '@millrace/protocol/api/builds';
import { results } from '@millrace/protocol/result';
import { clientCommand, wholeNumber } from '../client/client-command.ts';
import { processSystem, runClient } from '../client/client-context.ts';
import type { ClientContext, ClientSystem } from '../client/client-context.ts';
import { ago, duration } from '../client/duration.ts';
import { examples } from '../client/help-text.ts';
import { mark, markName } from '../client/mark.ts';
import { paintFor } from '../client/paint.ts';
import { headline, printable } from '../client/printable.ts';
import { table } from '../client/table.ts';
import { writeJson } from '../client/write-json.ts';

interface Options {
  readonly json?: true;
  readonly builder?: string;
  readonly state?: string;
  readonly result?: string;
  readonly branch?: string;
  readonly limit: number;
}

/** `millrace builds`: the newest builds, newest first. */
export function buildsCommand(system: ClientSystem = processSystem()): Command {
  return clientCommand('builds', system)
    .description('list builds, newest first')
    .option('--builder <name>', 'of this builder')
    .addOption(new Option('--state <state>', 'in this state').choices(['running', 'finished']))
    .addOption(new Option('--result <result>', 'that ended so').choices(results))
    .option('--branch <branch>', 'of this branch')
    .option('--limit <n>', 'at most so many', wholeNumber, 20)
    .addHelpText(
      'after',
      examples(
        ['millrace builds --builder linux --state running'],
        ['millrace builds --result failure --json | jq .items[].id'],
      ),
    )
    .action((options: Options) => runClient(system, (context) => listBuilds(context, options)));
}

async function listBuilds(context: ClientContext, options: Options): Promise<void> {
  const { json, ...query } = options;
  const found = await context.client.get<{ items: Build[] }>('/builds', query);
  if (json) return writeJson(context, found);
  if (found.items.length === 0) return context.note('no build is like that');
  const paint = paintFor(context.colour);
  const now = context.clock.now();
  const rows = found.items.map((build) => [
    String(build.id),
    `${printable(build.builder)}#${build.number}`,
    mark(markName(build.state, build.result), paint),
    build.reason === null || build.reason === build.result ? '' : build.reason,
    headline(build.branch ?? '', 30),
    (build.revision ?? '').slice(0, 10),
    printable(build.worker),
    duration((build.finishedAt ?? now) - build.startedAt),
    ago(now - build.startedAt),
  ]);
  const headings = ['ID', 'BUILD', 'STATE', 'REASON', 'BRANCH', 'REVISION', 'WORKER', 'TOOK', 'STARTED'];
  await context.stdout.write(table(headings, rows));
}
