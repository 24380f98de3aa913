import type { Command } from 'commander';
import type { Builder } from '@millrace/protocol/api/builders';
import { nounCommand } from '../client/client-command.ts';
import { processSystem } from '../client/client-context.ts';
import type { ClientSystem } from '../client/client-context.ts';
import { ago } from '../client/duration.ts';
import { listCommand } from '../client/list-command.ts';
import { mark, markName } from '../client/mark.ts';
import { headline, printable } from '../client/printable.ts';
import { showCommand } from '../client/show-command.ts';

/** `millrace builders`: what the config names, and what goes on there. */
export function buildersCommand(system: ClientSystem = processSystem()): Command {
  return listCommand<Builder>(system, {
    name: 'builders',
    description: 'list the builders of the config, and how they fare',
    path: '/builders',
    filters: [
      { flags: '--repository <name>', description: 'of this repository' },
      { flags: '--worker <name>', description: 'that this worker may run' },
      { flags: '--tag <tag>', description: 'with this tag' },
    ],
    sorts: ['name'],
    limit: 100,
    headings: ['BUILDER', 'LAST', 'BUILD', 'WHEN', 'RUNNING', 'WAITING', 'WORKERS', 'TAGS'],
    row: ({ lastBuild, ...builder }, { paint, now }) => [
      printable(builder.name),
      lastBuild === null ? '' : mark(markName(lastBuild.state, lastBuild.result), paint),
      lastBuild === null ? '' : String(lastBuild.id),
      lastBuild === null ? '' : ago(now - lastBuild.startedAt),
      String(builder.running),
      String(builder.pending),
      headline(builder.workers.join(' '), 30),
      headline(builder.tags.join(' '), 30),
    ],
    none: 'no builder is like that',
    examples: [['millrace builders'], ['millrace builders --tag nightly --json | jq .items[].name']],
  });
}

/** `millrace builder show linux`. */
export function builderCommand(system: ClientSystem = processSystem()): Command {
  return nounCommand('builder', system, [
    showCommand(system, {
      noun: 'builder',
      by: 'name',
      path: '/builders',
      example: 'millrace builder show linux',
    }),
  ]).description('show one builder');
}
