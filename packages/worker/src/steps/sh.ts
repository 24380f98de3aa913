import path from 'node:path';
import { unreachable } from '@millrace/kernel/assert';
import type { PlannedSh } from '@millrace/protocol/plan';
import { render } from './template.ts';
import { stoppedOutcome } from './step.ts';
import type { CommandEnd, RunStep, StepContext, StepOutcome } from './step.ts';

/**
 * Runs one command. An argument list is run as it is, with its late values put in; a shell line is given to
 * `/bin/sh -c` as it stands, and sees properties only as environment variables.
 */
export const runSh: RunStep<PlannedSh> = async (step, context) => {
  const folder = folderWithin(context.buildFolder, step.folder);
  if (folder === undefined)
    return {
      result: 'exception',
      reason: 'plan-failed',
      message: `The folder '${step.folder}' is outside of the build's folder.`,
    };
  const args = argumentsOf(step, context);
  const output = step.separateStreams
    ? { stdout: context.openLog('stdout', 'stdout'), stderr: context.openLog('stderr', 'stderr') }
    : { combined: context.openLog('output', 'combined') };
  return outcomeOf(await context.run({ args, folder, env: context.env, output }));
};

/** An absolute path, or undefined for one that leads out of `root`. */
export function folderWithin(root: string, folder: string): string | undefined {
  const whole = path.resolve(root, folder);
  return whole === root || whole.startsWith(root + path.sep) ? whole : undefined;
}

function argumentsOf(step: PlannedSh, context: StepContext): readonly [string, ...string[]] {
  if ('line' in step.command) return ['/bin/sh', '-c', step.command.line];
  const [command = '', ...rest] = step.command.args.map((arg) => render(arg, context.properties));
  return [command, ...rest];
}

function outcomeOf(end: CommandEnd): StepOutcome {
  switch (end.kind) {
    case 'exited':
      return { result: end.exitCode === 0 ? 'success' : 'failure', exitCode: end.exitCode };
    case 'signalled':
      return {
        result: 'failure',
        signal: end.signal,
        message: `The command was ended by ${end.signal}, and not by this system.`,
      };
    case 'not-started':
      return { result: 'exception', reason: 'spawn-failed', message: end.message };
    case 'stopped':
      return stoppedOutcome;
    default:
      return unreachable(end);
  }
}
