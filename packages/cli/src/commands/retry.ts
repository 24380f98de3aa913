import type { Command } from 'commander';
import type { Forced } from '@millrace/protocol/api/builds';
import { clientCommand } from '../client/client-command.ts';
import { processSystem, runClient } from '../client/client-context.ts';
import type { ClientContext, ClientSystem } from '../client/client-context.ts';
import type { ExitCode } from '../client/exit-code.ts';
import { exitCodeOfResult } from '../client/exit-code.ts';
import { findBuildId } from '../client/find-build.ts';
import { followRequest } from '../client/follow-request.ts';
import { examples, waitingExitCodes } from '../client/help-text.ts';
import { writeJson } from '../client/write-json.ts';

interface Options {
  readonly json?: true;
  readonly wait?: true;
}

/** `millrace retry 17`: the same revision and properties again, as a new build. */
export function retryCommand(system: ClientSystem = processSystem()): Command {
  return clientCommand('retry', system, waitingExitCodes)
    .description('build the same revision with the same properties again')
    .argument('<build>', 'its id, or BUILDER#NUMBER')
    .option('--wait', 'follow the new request to its result, and exit as force --wait does')
    .addHelpText('after', examples(['millrace retry linux#4 --wait']))
    .action((named: string, options: Options) =>
      runClient(system, (context) => retry(context, named, options)),
    );
}

async function retry(context: ClientContext, named: string, options: Options): Promise<ExitCode | void> {
  const id = await findBuildId(context.client, named);
  const forced = await context.client.post<Forced>(`/builds/${id}/retry`, {});
  const [request] = forced.requests;
  if (!options.wait || request === undefined) {
    if (options.json) return writeJson(context, forced);
    return context.stdout.write(`request ${forced.requests.join(', ')}\n`);
  }
  const ended = await followRequest(context, request, { quiet: options.json === true });
  if (options.json) await writeJson(context, ended);
  return exitCodeOfResult(ended.result);
}
