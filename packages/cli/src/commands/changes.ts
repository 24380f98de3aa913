import type { Command } from 'commander';
import type { Change } from '@millrace/protocol/api/changes';
import { nounCommand } from '../client/client-command.ts';
import { processSystem } from '../client/client-context.ts';
import type { ClientSystem } from '../client/client-context.ts';
import { ago } from '../client/duration.ts';
import { listCommand } from '../client/list-command.ts';
import { headline, printable } from '../client/printable.ts';
import { showCommand } from '../client/show-command.ts';
import { changeSendCommand } from './change-send.ts';

/** `millrace changes`: what was seen in the repositories, newest first. */
export function changesCommand(system: ClientSystem = processSystem()): Command {
  return listCommand<Change>(system, {
    name: 'changes',
    description: 'list what was seen in the repositories, newest first',
    path: '/changes',
    filters: [
      { flags: '--repository <name>', description: 'in this repository' },
      { flags: '--branch <branch>', description: 'on this branch' },
      { flags: '--revision <revision>', description: 'of exactly this revision' },
      { flags: '--author <author>', description: 'by this author, as the commit names them' },
    ],
    sorts: ['id', 'committedAt'],
    headings: ['ID', 'REPOSITORY', 'BRANCH', 'REVISION', 'AUTHOR', 'SEEN', 'MESSAGE'],
    row: (change, { now }) => [
      String(change.id),
      printable(change.repository),
      headline(change.branch, 30),
      printable(change.revision.slice(0, 10)),
      headline(change.author, 30),
      ago(now - change.seenAt),
      headline(change.message, 60),
    ],
    none: 'no change is like that',
    examples: [
      ['millrace changes --repository app --branch main'],
      ['millrace changes --json | jq -r .items[].revision'],
    ],
  });
}

/** `millrace change show 5`. */
export function changeCommand(system: ClientSystem = processSystem()): Command {
  return nounCommand('change', system, [
    showCommand(system, { noun: 'change', by: 'id', path: '/changes', example: 'millrace change show 5' }),
    changeSendCommand(system),
  ]).description('show one change, or tell of one');
}
