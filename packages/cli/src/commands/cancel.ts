import type { Command } from 'commander';
import type { Build } from '@millrace/protocol/api/builds';
import type { Request } from '@millrace/protocol/api/requests';
import { clientCommand, wholeNumber } from '../client/client-command.ts';
import { processSystem, runClient } from '../client/client-context.ts';
import type { ClientContext, ClientSystem } from '../client/client-context.ts';
import { findBuildId } from '../client/find-build.ts';
import { examples } from '../client/help-text.ts';
import { printable } from '../client/printable.ts';
import { UsageError } from '../client/usage-error.ts';
import { writeJson } from '../client/write-json.ts';

interface Options {
  readonly json?: true;
  readonly request?: number;
  readonly message?: string;
}

/** `millrace cancel 17`, or a request that waits: `millrace cancel --request 12`. */
export function cancelCommand(system: ClientSystem = processSystem()): Command {
  return clientCommand('cancel', system)
    .description('cancel a build that runs, or a request')
    .argument('[build]', 'its id, or BUILDER#NUMBER')
    .option(
      '--request <id>',
      'a request instead: one that waits never runs, one that runs has its build cancelled',
      wholeNumber,
    )
    .option('--message <text>', 'why, for people')
    .addHelpText(
      'after',
      examples(
        ['millrace cancel 17 --message "wrong branch"'],
        ['millrace cancel --request 12', 'one that waits'],
      ),
    )
    .action((named: string | undefined, options: Options) =>
      runClient(system, (context) => cancel(context, named, options)),
    );
}

async function cancel(context: ClientContext, named: string | undefined, options: Options): Promise<void> {
  if ((named === undefined) === (options.request === undefined)) {
    throw new UsageError('say which: a build, or --request ID, and not both.');
  }
  const body = options.message === undefined ? {} : { message: options.message };
  if (named === undefined) {
    const request = await context.client.post<Request>(`/requests/${options.request}/cancel`, body);
    if (options.json) return writeJson(context, request);
    return context.stdout.write(`request ${request.id} of ${printable(request.builder)} is cancelled\n`);
  }
  const id = await findBuildId(context.client, named);
  const build = await context.client.post<Build>(`/builds/${id}/cancel`, body);
  if (options.json) return writeJson(context, build);
  const state = build.state === 'finished' ? `had ended: ${build.result}` : 'is being cancelled';
  await context.stdout.write(`build ${build.id} (${printable(build.builder)}#${build.number}) ${state}\n`);
}
