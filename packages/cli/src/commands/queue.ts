import type { Command } from 'commander';
import type { Request } from '@millrace/protocol/api/requests';
import { processSystem } from '../client/client-context.ts';
import type { ClientSystem } from '../client/client-context.ts';
import { ago } from '../client/duration.ts';
import { listCommand } from '../client/list-command.ts';
import { headline, printable } from '../client/printable.ts';

/** `millrace queue`: what waits, and why. */
export function queueCommand(system: ClientSystem = processSystem()): Command {
  return listCommand<Request>(system, {
    name: 'queue',
    description: 'list the requests that wait, and why they do',
    path: '/requests',
    query: { state: 'pending' },
    filters: [{ flags: '--builder <name>', description: 'of this builder' }],
    sorts: ['id', 'priority'],
    limit: 100,
    headings: ['REQUEST', 'BUILDER', 'BRANCH', 'REVISION', 'PRIORITY', 'ASKED', 'WAITS FOR'],
    row: (request, { now }) => [
      String(request.id),
      printable(request.builder),
      headline(request.branch ?? '', 30),
      printable((request.revision ?? '').slice(0, 10)),
      String(request.priority),
      ago(now - request.createdAt),
      printable(request.waitsFor ?? ''),
    ],
    none: 'nothing waits',
    examples: [
      ['millrace queue'],
      ['millrace queue --sort=-priority', 'what goes first'],
      ['millrace queue --builder linux --json | jq .items[].waitsFor'],
    ],
  });
}
