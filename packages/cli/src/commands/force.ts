import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import type { Force, Forced } from '@millrace/protocol/api/builds';
import { clientCommand } from '../client/client-command.ts';
import { processSystem, runClient } from '../client/client-context.ts';
import type { ClientContext, ClientSystem } from '../client/client-context.ts';
import { shortPatienceMs } from '../client/api-client.ts';
import type { ExitCode } from '../client/exit-code.ts';
import { exitCodeOfResult } from '../client/exit-code.ts';
import { followRequest } from '../client/follow-request.ts';
import { examples, waitingExitCodes } from '../client/help-text.ts';
import { propertyOption } from '../client/property-option.ts';
import { writeJson } from '../client/write-json.ts';

interface Options {
  readonly json?: true;
  readonly branch?: string;
  readonly revision?: string;
  readonly property?: Readonly<Record<string, string>>;
  readonly priority?: number;
  readonly reason?: string;
  readonly wait?: true;
}

/** `millrace force linux --wait`: asks for a build, and with `--wait` ends as it ends. */
export function forceCommand(system: ClientSystem = processSystem()): Command {
  return clientCommand('force', system, waitingExitCodes)
    .description(
      'ask for a build; with --wait exit 0 on success or warnings, 1 on failure, 3 on exception or cancelled',
    )
    .argument('<builder>', 'its name')
    .option('--branch <branch>', "build this branch's head (the builder's own branch)")
    .option('--revision <revision>', 'build exactly this')
    .option('--property <name=value>', 'give the build a property; may be repeated', propertyOption)
    .option('--priority <n>', 'before those with a smaller one (0)', priority)
    .option('--reason <text>', 'why, for people')
    .option('--wait', 'follow the request, through retries, to its result')
    .addHelpText(
      'after',
      examples(
        ['millrace force linux'],
        ['millrace force linux --branch topic --property colour=blue --wait', 'and end as it ends'],
      ),
    )
    .action((builder: string, options: Options) =>
      runClient(system, (context) => force(context, builder, options)),
    );
}

async function force(context: ClientContext, builder: string, options: Options): Promise<ExitCode | void> {
  const { json, wait, property: properties, ...rest } = options;
  const body: Force = { ...rest, ...(properties === undefined ? {} : { properties }) };
  const path = `/builders/${encodeURIComponent(builder)}/force`;
  const forced = await context.client.post<Forced>(path, body, { patienceMs: shortPatienceMs });
  const [request] = forced.requests;
  if (!wait || request === undefined) {
    if (json) return writeJson(context, forced);
    const revision = forced.revision === null ? '' : ` at ${forced.revision.slice(0, 10)}`;
    return context.stdout.write(`request ${forced.requests.join(', ')}${revision}\n`);
  }
  const ended = await followRequest(context, request, { quiet: json === true });
  if (json) await writeJson(context, ended);
  return exitCodeOfResult(ended.result);
}

function priority(text: string): number {
  if (!/^-?[0-9]{1,4}$/u.test(text) || Math.abs(Number(text)) > 1000) {
    throw new InvalidArgumentError('It must be a whole number from -1000 to 1000.');
  }
  return Number(text);
}
