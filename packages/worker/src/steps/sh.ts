import { unreachable } from '@millrace/kernel/assert';
import type { LogStream, PlannedSh } from '@millrace/protocol/plan';
import { folderWithin } from './folder-within.ts';
import { OutputWatch } from './output-watch.ts';
import { shownCommand, shownLine, shownNames } from './shown-command.ts';
import { render } from './template.ts';
import { stoppedOutcome } from './step.ts';
import type { CommandEnd, RunStep, StepContext, StepLog, StepOutcome } from './step.ts';

/**
 * Runs one command. An argument list is run as it is, with its late values put in; a shell line is given to
 * `/bin/sh -c` as it stands, and sees properties only as environment variables.
 */
export const runSh: RunStep<PlannedSh> = async (step, context) => {
  const folder = folderWithin(context, step.folder);
  if (folder === undefined)
    return {
      result: 'exception',
      reason: 'plan-failed',
      message: `The folder '${step.folder}' is outside of the build's folder.`,
    };
  const args = argumentsOf(step, context);
  const { env } = context;
  const watch = new OutputWatch(step);
  const tapped = (name: 'output' | 'stdout' | 'stderr', stream: LogStream): StepLog =>
    watch.tap(context.openLog(name, stream), name !== 'stderr');
  const output = step.separateStreams
    ? { stdout: tapped('stdout', 'stdout'), stderr: tapped('stderr', 'stderr') }
    : { combined: tapped('output', 'combined') };
  const command = 'line' in step.command ? shownLine(step.command.line) : shownCommand(args);
  context.noteCommand({ command, folder: step.folder, environment: shownNames(env) });
  const end = await context.run({ args, folder, env, output });
  watch.end();
  return withOutput(outcomeOf(end, step.warnings?.exitCodes ?? []), watch, context);
};

/** Where the command did not fail, its output may become properties; lines of it may be warnings. */
function withOutput(ended: StepOutcome, watch: OutputWatch, context: StepContext): StepOutcome {
  const { warnings } = watch;
  const outcome = warnings > 0 ? { ...ended, warnings } : ended;
  if (ended.result !== 'success' && ended.result !== 'warnings') return outcome;
  for (const captured of watch.captured()) {
    if (captured.kind === 'missing') return { ...outcome, result: 'failure', message: captured.message };
    const full = context.setProperty(captured.property, captured.value);
    if (full !== undefined) return { ...outcome, ...full };
  }
  return warnings > 0 ? { ...outcome, result: 'warnings' } : outcome;
}

function argumentsOf(step: PlannedSh, context: StepContext): readonly [string, ...string[]] {
  if ('line' in step.command) return ['/bin/sh', '-c', step.command.line];
  const [command = '', ...rest] = step.command.args.map((arg) => render(arg, context.properties));
  return [command, ...rest];
}

function outcomeOf(end: CommandEnd, warnOn: readonly number[]): StepOutcome {
  switch (end.kind) {
    case 'exited': {
      const { exitCode } = end;
      // Also of 0, for whoever has a command that says so.
      if (warnOn.includes(exitCode)) return { result: 'warnings', exitCode };
      return { result: exitCode === 0 ? 'success' : 'failure', exitCode };
    }
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
