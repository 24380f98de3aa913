import type { Command } from 'commander';
import type { Master } from '@millrace/protocol/api/masters';
import { processSystem } from '../client/client-context.ts';
import type { ClientSystem } from '../client/client-context.ts';
import { ago } from '../client/duration.ts';
import { listCommand } from '../client/list-command.ts';
import { printable } from '../client/printable.ts';

/** `millrace masters`: the processes that share the store, newest first. */
export function mastersCommand(system: ClientSystem = processSystem()): Command {
  return listCommand<Master>(system, {
    name: 'masters',
    description: 'list the masters that share the store, newest first',
    path: '/masters',
    filters: [
      {
        flags: '--running <yes>',
        description: 'whether it has not been stopped in order',
        choices: ['true', 'false'],
      },
    ],
    sorts: ['name', 'startedAt', 'seenAt'],
    limit: 100,
    headings: ['MASTER', 'STATE', 'STARTED', 'SEEN'],
    row: (master, { paint, now }) => [
      printable(master.name),
      master.stoppedAt === null ? paint.green('✓ running') : paint.dim('○ stopped'),
      ago(now - master.startedAt),
      ago(now - master.seenAt),
    ],
    none: 'no master is like that',
    examples: [['millrace masters'], ['millrace masters --running true --json | jq .items[].name']],
  });
}
