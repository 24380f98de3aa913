import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import type { BuildDetail, Log } from '@millrace/protocol/api/builds';
import { clientCommand, wholeNumber } from '../client/client-command.ts';
import { processSystem, runClient } from '../client/client-context.ts';
import type { ClientContext, ClientSystem } from '../client/client-context.ts';
import { eventsFrom } from '../client/events.ts';
import { findBuild, findBuildId } from '../client/find-build.ts';
import { examples } from '../client/help-text.ts';
import { followLog, writeLines, writeRaw } from '../client/log-bytes.ts';
import type { Sink } from '../client/log-bytes.ts';
import { printable } from '../client/printable.ts';
import { TerminalText } from '../client/terminal-text.ts';
import { UsageError } from '../client/usage-error.ts';
import { writeJson } from '../client/write-json.ts';

interface Options {
  readonly json?: true;
  readonly log?: number;
  readonly follow?: true;
  readonly lines?: Range;
  readonly raw?: true;
}

/** Lines counted from 1, both included, as people and the pages' links count them. */
interface Range {
  readonly first: number;
  readonly last: number;
}

/** `millrace log 17`: the bytes that a build's commands wrote, on standard output, as they were. */
export function logCommand(system: ClientSystem = processSystem()): Command {
  return clientCommand('log', system)
    .description('print the logs of a build, or of one step, byte for byte')
    .argument('[build]', 'its id, or BUILDER#NUMBER')
    .argument('[step]', 'the name of a step')
    .option('--log <id>', 'this log alone, by its id', wholeNumber)
    .option('-f, --follow', 'go on as the build writes, until it ends')
    .option('--lines <A-B>', 'only these lines, counted from 1', lineRange)
    .option('--raw', 'on a terminal too: pass every byte on, also those that move the cursor')
    .addHelpText(
      'after',
      examples(
        ['millrace log linux#4 test', 'one step'],
        ['millrace log 17 -f', 'live, to its end'],
        ['millrace log 17 test --lines 1-20'],
      ),
    )
    .action((named: string | undefined, step: string | undefined, options: Options) =>
      runClient(system, (context) => printLogs(context, named, step, options)),
    );
}

async function printLogs(
  context: ClientContext,
  named: string | undefined,
  step: string | undefined,
  options: Options,
): Promise<void> {
  if (options.follow && options.lines) throw new UsageError('-f and --lines cannot be had together.');
  if (named === undefined && options.log === undefined)
    throw new UsageError('say which build, or which log by --log ID.');
  if (options.json) return printLogList(context, named, step, options);
  await withSink(context, options, async (sink) => {
    if (options.log !== undefined) return printLog(context, options.log, options, sink);
    if (options.follow)
      return followBuild(context, await findBuildId(context.client, named ?? ''), step, sink);
    const logs = logsOf(await findBuild(context.client, named ?? ''), step);
    if (options.lines && logs.length > 1) {
      throw new UsageError(`--lines wants one log; this build has ${logs.length}: name a step, or --log ID.`);
    }
    for (const log of logs) await printLog(context, log.id, options, sink);
  });
}

/** With `--json`: which logs there are. */
async function printLogList(
  context: ClientContext,
  named: string | undefined,
  step: string | undefined,
  options: Options,
): Promise<void> {
  const logs =
    options.log === undefined
      ? logsOf(await findBuild(context.client, named ?? ''), step)
      : [await context.client.get<Log>(`/logs/${options.log}`)];
  await writeJson(context, { items: logs, nextCursor: null });
}

async function printLog(context: ClientContext, log: number, options: Options, sink: Sink): Promise<void> {
  if (options.lines) {
    await writeLines(context, log, { first: options.lines.first - 1, last: options.lines.last - 1 }, sink);
  } else if (options.follow) {
    await followLog(context, log, sink);
  } else {
    await writeRaw(context.client, log, sink);
  }
}

/**
 * The logs of a build one after the other, each to its end, in the order of the steps. Between two it waits
 * for an event of the build; a log that opens meanwhile is met by asking again.
 */
async function followBuild(
  context: ClientContext,
  id: number,
  step: string | undefined,
  sink: Sink,
): Promise<void> {
  const printed = new Set<number>();
  for await (const item of eventsFrom(context)) {
    if (item.kind === 'lost' || (item.kind === 'event' && item.event.build !== id)) continue;
    let build: BuildDetail;
    let next: Log | undefined;
    do {
      build = await context.client.get<BuildDetail>(`/builds/${id}`);
      next = logsOf(build, step).find((log) => !printed.has(log.id));
      if (next !== undefined) {
        await followLog(context, next.id, sink);
        printed.add(next.id);
      }
    } while (next !== undefined);
    if (build.state === 'finished' || stepHasEnded(build, step)) return;
  }
}

function stepHasEnded(build: BuildDetail, step: string | undefined): boolean {
  return (
    step !== undefined &&
    build.steps.some((candidate) => candidate.name === step && candidate.state === 'finished')
  );
}

function logsOf(build: BuildDetail, step: string | undefined): Log[] {
  const steps = build.steps.filter((candidate) => step === undefined || candidate.name === step);
  if (steps.length === 0 && step !== undefined) {
    const names = build.steps.map((candidate) => printable(candidate.name)).join(', ');
    throw new UsageError(`build ${build.id} has no step "${printable(step)}"; it has: ${names}.`);
  }
  return steps.flatMap((candidate) => candidate.logs);
}

/** To a file or a pipe goes every byte; to a terminal what cannot harm it. */
async function withSink(
  context: ClientContext,
  options: Options,
  act: (sink: Sink) => Promise<void>,
): Promise<void> {
  if (!context.stdout.isTerminal || options.raw) return act((bytes) => context.stdout.write(bytes));
  const text = new TerminalText({ colour: context.colour });
  await act((bytes) => context.stdout.write(text.push(bytes)));
  await context.stdout.write(text.end());
}

function lineRange(text: string): Range {
  const [, first, last] = /^([1-9][0-9]{0,11})(?:-([1-9][0-9]{0,11}))?$/u.exec(text) ?? [];
  const range = { first: Number(first), last: Number(last ?? first) };
  if (first === undefined || range.last < range.first) {
    throw new InvalidArgumentError('It must be like 120-140, or one line like 120.');
  }
  return range;
}
