import type { Command } from 'commander';
import type { BuildDetail, Step } from '@millrace/protocol/api/builds';
import { clientCommand } from '../client/client-command.ts';
import { processSystem, runClient } from '../client/client-context.ts';
import type { ClientContext, ClientSystem } from '../client/client-context.ts';
import { ago, duration } from '../client/duration.ts';
import { findBuild } from '../client/find-build.ts';
import { firstErrors } from '../client/first-errors.ts';
import { examples } from '../client/help-text.ts';
import { mark, markName } from '../client/mark.ts';
import { paintFor } from '../client/paint.ts';
import type { Paint } from '../client/paint.ts';
import { headline, printable } from '../client/printable.ts';
import { table } from '../client/table.ts';
import { whyOf } from '../client/why.ts';
import { writeJson } from '../client/write-json.ts';

/** `millrace build 17`: one build, its steps and the ids of their logs. */
export function buildCommand(system: ClientSystem = processSystem()): Command {
  return clientCommand('build', system)
    .description('show a build with its steps and logs')
    .argument('<build>', 'its id, or BUILDER#NUMBER')
    .addHelpText('after', examples(['millrace build 17'], ['millrace build linux#4 --json | jq .result']))
    .action((named: string, options: { json?: true }) =>
      runClient(system, async (context) => {
        const build = await findBuild(context.client, named);
        await (options.json ? writeJson(context, build) : showBuild(context, build));
      }),
    );
}

async function showBuild(context: ClientContext, build: BuildDetail): Promise<void> {
  const paint = paintFor(context.colour);
  const now = context.clock.now();
  const facts: (readonly [string, string])[] = [
    ['build', `${build.id}, request ${build.request}: ${headline(build.buildset.reason, 80)}`],
    ['source', sourceOf(build)],
    [
      'worker',
      `${printable(build.worker)}, slot ${build.slot}${build.silent ? ' (not heard of for some time)' : ''}`,
    ],
    ...machineOf(build),
    ['config', printable(build.generation)],
    ['started', `${new Date(build.startedAt).toISOString()}, ${ago(now - build.startedAt)}`],
    ['took', duration((build.finishedAt ?? now) - build.startedAt)],
  ];
  if (build.change !== null) {
    facts.push(['change', `${headline(build.change.message, 70)} (${headline(build.change.author, 40)})`]);
  }
  if (build.properties.length > 0) {
    const told = build.properties.map(
      ({ name, value }) => `${printable(name)}=${headline(String(value), 60)}`,
    );
    facts.push(['properties', told.join(' ')]);
  }
  for (const { label, url } of build.steps.flatMap(({ links }) => links))
    facts.push(['link', `${printable(label)}: ${printable(url)}`]);
  const state =
    mark(markName(build.state, build.result), paint) + (build.cancelling ? ', being cancelled' : '');
  const why = whyOf(build).map((part) => printable(part));
  const lines = [
    `${paint.bold(`${printable(build.builder)}#${build.number}`)}  ${state}${why.length > 0 ? `  ${why.join(': ')}` : ''}`,
    ...facts.map(([name, value]) => `  ${paint.dim(name.padEnd(10))} ${value}`),
    '',
    table(
      ['STEP', 'STATE', 'TOOK', 'EXIT', 'LOGS'],
      build.steps.map((step) => stepRow(step, now, paint)),
    ),
  ];
  await context.stdout.write(lines.join('\n'));
  const errors = await firstErrors(context.client, build, paint);
  if (errors !== '') await context.stdout.write(`\n${errors}`);
}

function sourceOf(build: BuildDetail): string {
  if (build.repository === null) return 'none';
  return `${printable(build.repository)} ${printable(build.branch ?? '')} ${printable(build.revision ?? '')}`;
}

/** What the build ran on, as it was then. */
function machineOf({ workerFacts }: BuildDetail): (readonly [string, string])[] {
  if (workerFacts === null) return [];
  const { os, architecture, cpus, image } = workerFacts;
  const parts = [image, `${os} ${architecture}`, `${cpus} ${cpus === 1 ? 'processor' : 'processors'}`];
  return [
    [
      'machine',
      parts
        .filter((part) => part !== undefined)
        .map((part) => printable(part))
        .join(', '),
    ],
  ];
}

/** Beyond its result: why, how many warnings, and how often it was tried. */
function wordsOf(step: Step): string[] {
  const { warnings, tries } = step;
  return [
    ...whyOf(step).map((part) => headline(part, 60)),
    ...(warnings === 0 ? [] : [`(${warnings} ${warnings === 1 ? 'warning' : 'warnings'})`]),
    ...(tries.length === 0 ? [] : [`(try ${tries.length + 1})`]),
  ];
}

function stepRow(step: Step, now: number, paint: Paint): string[] {
  return [
    printable(step.name),
    [mark(markName(step.state, step.result), paint), ...wordsOf(step)].join(' '),
    step.startedAt === null ? '' : duration((step.finishedAt ?? now) - step.startedAt),
    step.signal === null ? String(step.exitCode ?? '') : printable(step.signal),
    step.logs
      .map((log) => `${printable(log.name)}: ${log.id} (${log.lines} ${log.lines === 1 ? 'line' : 'lines'})`)
      .join(', '),
  ];
}
