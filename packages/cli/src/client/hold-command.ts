import type { Command } from 'commander';
import { clientCommand } from './client-command.ts';
import { runClient } from './client-context.ts';
import type { ClientSystem } from './client-context.ts';
import { examples } from './help-text.ts';
import { printable } from './printable.ts';
import { writeJson } from './write-json.ts';

export interface HoldSpec {
  readonly noun: 'worker' | 'scheduler';
  /** Of the API, before the name. */
  readonly path: string;
  readonly act: 'pause' | 'resume';
  readonly description: string;
  readonly example: string;
  /** Behind the name, when it is done: `is paused`. */
  readonly done: string;
  /** Options besides the reason, which are sent as they are. */
  readonly more?: (command: Command) => Command;
}

interface Options {
  readonly json?: true;
  readonly [field: string]: string | boolean | undefined;
}

/** `millrace worker pause linux-1 --reason "a new disk"`: a pause wants a reason, a resume may have one. */
export function holdVerb(system: ClientSystem, spec: HoldSpec): Command {
  const command = clientCommand(spec.act, system)
    .description(spec.description)
    .argument('<name>', `the ${spec.noun}'s name in the config`);
  const why = 'why, for whoever wonders later';
  if (spec.act === 'resume') command.option('--reason <text>', why);
  else command.requiredOption('--reason <text>', why);
  spec.more?.(command);
  return command
    .addHelpText('after', examples([spec.example]))
    .action((name: string, { json, ...body }: Options) =>
      runClient(system, async (context) => {
        const path = `${spec.path}/${encodeURIComponent(name)}/${spec.act}`;
        const answer = await context.client.post(path, body);
        if (json) return writeJson(context, answer);
        await context.stdout.write(`${spec.noun} ${printable(name)} ${spec.done}\n`);
      }),
    );
}
