import fs from 'node:fs/promises';
import process from 'node:process';
import { Command, InvalidArgumentError } from 'commander';
import {
  ChurnError,
  measureChurn,
  renderCsv,
  renderHtml,
  renderJson,
  renderTable,
  sections,
  type ChurnErrorCode,
  type ChurnReport,
  type Section,
} from '@millrace/churn';
import { messageOf } from '@millrace/kernel/errors';
import { wholeNumber } from '../client/client-command.ts';
import { processSystem, type ClientSystem } from '../client/client-context.ts';
import { exitCodes, type ExitCode } from '../client/exit-code.ts';
import { printable } from '../client/printable.ts';
import { UsageError } from '../client/usage-error.ts';
import { ProgressLine } from './churn-progress.ts';

type ChurnSystem = Pick<ClientSystem, 'stdout' | 'stderr' | 'clock' | 'exitWith' | 'exitNow'>;

interface Options {
  readonly since?: string;
  readonly until?: string;
  readonly timeZone?: string;
  readonly branch?: string;
  readonly by?: readonly Section[];
  readonly exclude?: readonly string[];
  readonly depth?: number;
  readonly survival?: true;
  readonly json?: true;
  readonly csv?: true;
  readonly html?: true;
  readonly output?: string;
}

/** `millrace churn REPO...`: how much repositories changed in a period. */
export function churnCommand(system: ChurnSystem = processSystem()): Command {
  return new Command('churn')
    .description(
      'count how much git and Mercurial repositories changed: lines, additions, removals, changesets',
    )
    .argument('<repository...>', 'folders of repositories')
    .option('--since <date>', 'from here on, such as 2023-01-01; a year before the end by default')
    .option('--until <date>', 'up to here, not included; the coming midnight by default')
    .option('--time-zone <zone>', 'for days, and dates without one: UTC, Europe/Berlin, +05:30', 'UTC')
    .option('--branch <name>', 'a branch or tag; what is checked out by default')
    .option('--by <what>', `rows by ${sections.join(', ')}; several with commas`, sectionList)
    .option(
      '--exclude <pattern>',
      'leave out paths, or @vendored, or @generated; may be repeated',
      collected,
      [],
    )
    .option('--depth <names>', 'how many names of a path make a directory', wholeNumber)
    .option('--survival', 'follow the lines of the start, and tell their half-life')
    .option('--json', 'print JSON')
    .option('--csv', 'print CSV')
    .option('--html', 'print one page with charts')
    .option('-o, --output <file>', 'write to a file')
    .addHelpText(
      'after',
      `
The period is the range A..B along first parents: B the first commit before its end, A the first before its
start. So what was added less what was removed is what the repositories grew by, exactly; it is asserted.

Examples:
  $ millrace churn .                                     the last year of what is checked out here
  $ millrace churn a b c --since 2023-01-01 --until 2024-01-01 --by repository,month
  $ millrace churn . --by author,directory --exclude @vendored --exclude '*.min.js'
  $ millrace churn . --survival --html -o churn.html

Exit codes: 0 success, 1 a repository could not be counted, 2 wrong usage, 3 interrupted.`,
    )
    .configureOutput({
      writeOut: (text) => void system.stdout.write(text),
      writeErr: (text) => void system.stderr.write(text),
    })
    .exitOverride((error) => {
      system.exitNow(error.exitCode === 0 ? exitCodes.success : exitCodes.usage);
      throw error;
    })
    .action((repositories: string[], options: Options) => run(system, repositories, options));
}

async function run(system: ChurnSystem, repositories: readonly string[], options: Options): Promise<void> {
  const progress = new ProgressLine(system.stderr, system.clock);
  const interrupted = new AbortController();
  const onInterrupt = () => interrupted.abort(new Error('interrupted'));
  process.once('SIGINT', onInterrupt); // so that what was written in between is removed
  try {
    const form = formOf(options, system.stdout.isTerminal);
    const report = await measureChurn({
      repositories,
      since: options.since,
      until: options.until,
      timeZone: options.timeZone,
      branch: options.branch,
      exclude: options.exclude,
      authors: options.by?.includes('author'),
      survival: options.survival,
      directoryDepth: options.depth,
      onProgress: (step) => progress.show(step),
      now: () => system.clock.now(),
      signal: interrupted.signal,
    });
    progress.clear();
    const text = form(report, { by: options.by });
    if (options.output === undefined) await system.stdout.write(text);
    else await fs.writeFile(options.output, text);
    system.exitWith(exitCodes.success);
  } catch (error) {
    progress.clear();
    if (error instanceof Error && 'code' in error && error.code === 'EPIPE') return; // `| head` has seen enough
    await system.stderr.write(`millrace: ${printable(messageOf(error))}\n`);
    system.exitWith(interrupted.signal.aborted ? exitCodes.exception : exitCodeOf(error));
  } finally {
    process.off('SIGINT', onInterrupt);
  }
}

type Form = (report: ChurnReport, options: { by: readonly Section[] | undefined }) => string;

function formOf({ json, csv, html, output }: Options, isTerminal: boolean): Form {
  if ([json, csv, html].filter(Boolean).length > 1)
    throw new UsageError('give one of --json, --csv and --html');
  if (html && output === undefined && isTerminal) {
    throw new UsageError('--html makes a page: name a file for it with --output, or redirect it');
  }
  if (json) return renderJson;
  if (csv) return renderCsv;
  return html ? renderHtml : renderTable;
}

const wrongUsage: readonly ChurnErrorCode[] = [
  'invalid-date',
  'invalid-time-zone',
  'invalid-pattern',
  'period-turned-round',
  'named-twice',
  'not-a-repository',
  'unknown-branch',
];

function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof UsageError) return exitCodes.usage;
  return error instanceof ChurnError && wrongUsage.includes(error.code) ? exitCodes.usage : exitCodes.failure;
}

function sectionList(text: string, before: readonly Section[] = []): Section[] {
  const named = text.split(',').map((word) => word.trim());
  const known = named.filter((word): word is Section => (sections as readonly string[]).includes(word));
  if (known.length < named.length) throw new InvalidArgumentError(`It must be among ${sections.join(', ')}.`);
  return [...before, ...known];
}

function collected(pattern: string, before: readonly string[] = []): string[] {
  return [...before, pattern];
}
