import type { Command } from 'commander';
import type { Buildset } from '@millrace/protocol/api/buildsets';
import { nounCommand } from '../client/client-command.ts';
import { processSystem } from '../client/client-context.ts';
import type { ClientSystem } from '../client/client-context.ts';
import { ago } from '../client/duration.ts';
import { listCommand } from '../client/list-command.ts';
import { mark, markName } from '../client/mark.ts';
import { headline, printable } from '../client/printable.ts';
import { showCommand } from '../client/show-command.ts';

/** `millrace buildsets`: decisions to build, newest first. */
export function buildsetsCommand(system: ClientSystem = processSystem()): Command {
  return listCommand<Buildset>(system, {
    name: 'buildsets',
    description: 'list decisions to build, newest first',
    path: '/buildsets',
    filters: [
      { flags: '--scheduler <name>', description: 'decided by this scheduler' },
      { flags: '--repository <name>', description: 'of this repository' },
      { flags: '--branch <branch>', description: 'of this branch' },
      { flags: '--revision <revision>', description: 'of exactly this revision' },
      { flags: '--state <state>', description: 'in this state', choices: ['waiting', 'finished'] },
    ],
    sorts: ['id'],
    headings: ['ID', 'STATE', 'SCHEDULER', 'BRANCH', 'REVISION', 'REQUESTS', 'MADE', 'WHY'],
    row: (one, { paint, now }) => [
      String(one.id),
      mark(markName(one.state === 'waiting' ? 'running' : 'finished', one.result), paint),
      printable(one.scheduler ?? ''),
      headline(one.branch ?? '', 30),
      printable((one.revision ?? '').slice(0, 10)),
      one.requests.map(({ id }) => id).join(' '),
      ago(now - one.createdAt),
      headline(one.reason, 60),
    ],
    none: 'no buildset is like that',
    examples: [
      ['millrace buildsets --scheduler every-push'],
      ['millrace buildsets --state waiting --json | jq .items[].id'],
    ],
  });
}

/** `millrace buildset show 9`. */
export function buildsetCommand(system: ClientSystem = processSystem()): Command {
  return nounCommand('buildset', system, [
    showCommand(system, {
      noun: 'buildset',
      by: 'id',
      path: '/buildsets',
      example: 'millrace buildset show 9',
    }),
  ]).description('show one buildset with its requests');
}
