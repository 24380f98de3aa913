import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import type { Request } from '@millrace/protocol/api/requests';
import { requestStates } from '@millrace/protocol/api/requests';
import { results } from '@millrace/protocol/result';
import { clientCommand, nounCommand } from '../client/client-command.ts';
import { processSystem, runClient } from '../client/client-context.ts';
import type { ClientSystem } from '../client/client-context.ts';
import { ago } from '../client/duration.ts';
import { examples } from '../client/help-text.ts';
import { listCommand } from '../client/list-command.ts';
import { mark, markName } from '../client/mark.ts';
import { headline, printable } from '../client/printable.ts';
import { addressOf, showCommand } from '../client/show-command.ts';
import { writeJson } from '../client/write-json.ts';

/** `millrace requests`: what was asked for, newest first. */
export function requestsCommand(system: ClientSystem = processSystem()): Command {
  return listCommand<Request>(system, {
    name: 'requests',
    description: 'list requests, newest first, those that have ended too',
    path: '/requests',
    filters: [
      { flags: '--builder <name>', description: 'of this builder' },
      { flags: '--buildset <id>', description: 'of this buildset' },
      { flags: '--state <state>', description: 'in these states', words: requestStates },
      { flags: '--result <result>', description: 'that ended so', words: results },
      { flags: '--branch <branch>', description: 'of this branch' },
      { flags: '--revision <revision>', description: 'of exactly this revision' },
    ],
    sorts: ['id', 'priority'],
    headings: ['ID', 'BUILDER', 'STATE', 'BUILD', 'BRANCH', 'REVISION', 'PRIORITY', 'ASKED', 'WHY'],
    row: (request, { paint, now }) => [
      String(request.id),
      printable(request.builder),
      mark(markName(request.state, request.result), paint),
      String(request.build ?? ''),
      headline(request.branch ?? '', 30),
      printable((request.revision ?? '').slice(0, 10)),
      String(request.priority),
      ago(now - request.createdAt),
      headline(request.buildsetReason, 50),
    ],
    none: 'no request is like that',
    examples: [
      ['millrace requests --builder linux'],
      ['millrace requests --state pending,claimed --json | jq .items[].id'],
    ],
  });
}

/** `millrace request cancel 12`, `millrace request priority 12 5`. */
export function requestCommand(system: ClientSystem = processSystem()): Command {
  return nounCommand('request', system, [
    showCommand(system, {
      noun: 'request',
      by: 'id',
      path: '/requests',
      example: 'millrace request show 12',
    }),
    cancelVerb(system),
    priorityVerb(system),
  ]).description('show, cancel or reorder one request');
}

interface Told {
  readonly json?: true;
  readonly message?: string;
}

function cancelVerb(system: ClientSystem): Command {
  return clientCommand('cancel', system)
    .description('cancel a request: one that waits never runs, one that runs has its build cancelled')
    .argument('<id>', 'its number')
    .option('--message <text>', 'why, for people')
    .addHelpText('after', examples(['millrace request cancel 12 --message "wrong branch"']))
    .action((id: string, { json, message }: Told) =>
      runClient(system, async (context) => {
        const path = `/requests/${addressOf('request', 'id', id)}/cancel`;
        const body = message === undefined ? {} : { message };
        const request = await context.client.post<Request>(path, body);
        if (json) return writeJson(context, request);
        const state = request.state === 'finished' ? 'is cancelled' : 'has its build cancelled';
        await context.stdout.write(`request ${request.id} of ${printable(request.builder)} ${state}\n`);
      }),
    );
}

function priorityVerb(system: ClientSystem): Command {
  return clientCommand('priority', system)
    .description('let a request that waits go before others, or behind them')
    .argument('<id>', 'its number')
    .argument('<priority>', 'from -1000 to 1000; higher goes first, most have 0', priority)
    .option('--message <text>', 'why, for people')
    .addHelpText(
      'after',
      examples(
        ['millrace request priority 12 10 --message "the release waits for it"'],
        ['millrace request priority 12 -- -10', 'behind the others'],
      ),
    )
    .action((id: string, wanted: number, { json, message }: Told) =>
      runClient(system, async (context) => {
        const path = `/requests/${addressOf('request', 'id', id)}/priority`;
        const body = { priority: wanted, ...(message === undefined ? {} : { message }) };
        const request = await context.client.post<Request>(path, body);
        if (json) return writeJson(context, request);
        await context.stdout.write(
          `request ${request.id} of ${printable(request.builder)} has priority ${request.priority}\n`,
        );
      }),
    );
}

function priority(text: string): number {
  if (!/^-?[0-9]{1,4}$/u.test(text) || Math.abs(Number(text)) > 1_000)
    throw new InvalidArgumentError('It must be a whole number from -1000 to 1000.');
  return Number(text);
}
