import type { EventEmitter } from 'node:events';
import process from 'node:process';
import { Command } from 'commander';
import type { Clock } from '@millrace/kernel/clock';
import { upload, type UploadResponse } from '@millrace/poster';
import { wholeNumber } from '../client/client-command.ts';
import { processSystem, type ClientSystem } from '../client/client-context.ts';
import { exitCodes, type ExitCode } from '../client/exit-code.ts';
import { paintFor, wantsColour } from '../client/paint.ts';
import { printable } from '../client/printable.ts';
import { answerJson, deliveredText, refusedText } from './upload-answer.ts';
import { UploadProgress } from './upload-progress.ts';
import { refusePassword, uploadForm, uploadOptions, type UploadFlags } from './upload-request.ts';
import { uploadTrouble } from './upload-trouble.ts';

type UploadSystem = Pick<ClientSystem, 'env' | 'stdout' | 'stderr' | 'clock' | 'exitWith' | 'exitNow'>;

/** Where interrupts are told: the process, or an emitter in a test. */
type Interrupts = Pick<EventEmitter, 'once' | 'off'>;

interface Options extends UploadFlags {
  readonly json?: true;
}

const interruptSignals = ['SIGINT', 'SIGTERM'] as const;

/** `millrace upload URL FILE...`: sends files as a form, with progress, and tells the server's answer. */
export function uploadCommand(
  system: UploadSystem = processSystem(),
  interrupts: Interrupts = process,
): Command {
  return new Command('upload')
    .description('send files as a form (multipart/form-data), with progress')
    .argument('<url>', 'where to: http or https')
    .argument('<file...>', 'files to send')
    .option('--field <name=value>', 'a field before the files; may be repeated', collected)
    .option('--name <name>', "the name of the files' field", 'file')
    .option('--header <name: value>', 'a further header; may be repeated', collected)
    .option('--method <method>', 'the method of the request (POST)')
    .option('--user <name>', 'log in by name; the password is read from MILLRACE_UPLOAD_PASSWORD')
    .option('--token', 'send the token in MILLRACE_UPLOAD_TOKEN (Authorization: Bearer)')
    .option('--retry <count>', 'try again so often when there is no connection, or it is lost', wholeNumber)
    .option('--expect', 'let the server look at the head first (Expect: 100-continue); from 1 MiB on anyway')
    .option('--no-expect', 'send everything at once')
    .option(
      '--proxy <url>',
      'go through an http or https proxy; MILLRACE_UPLOAD_PROXY is one with a password',
    )
    .option('--ca <file>', 'trust the authorities in this PEM file, instead of those that Node knows')
    .option('--json', 'print the answer as JSON')
    .addHelpText(
      'after',
      `
Credentials are sent to the URL's server alone, and to none that it redirects to.

Examples:
  $ millrace upload https://example.org/files build.tar.gz
  $ millrace upload https://example.org/files a.log b.log --name logs --field build=17
  $ MILLRACE_UPLOAD_PASSWORD=$(cat password) millrace upload https://example.org/files a.log --user me
  $ millrace upload https://example.org/files a.log --retry 3 --json | jq -r .body

Exit codes: 0 delivered and answered 2xx, 1 refused or not delivered whole, 2 wrong usage, 3 interrupted,
4 no server to be reached, or no answer of it.`,
    )
    .configureOutput({
      writeOut: (text) => void system.stdout.write(text),
      writeErr: (text) => void system.stderr.write(text),
    })
    .exitOverride((error) => {
      system.exitNow(error.exitCode === 0 ? exitCodes.success : exitCodes.usage);
      throw error;
    })
    .action((url: string, files: string[], options: Options) => run(system, interrupts, url, files, options));
}

async function run(
  system: UploadSystem,
  interrupts: Interrupts,
  url: string,
  files: readonly string[],
  options: Options,
): Promise<void> {
  const { stderr, clock, env } = system;
  const progress = new UploadProgress(stderr, clock, { bar: stderr.isTerminal && env.TERM !== 'dumb' });
  const interrupted = new AbortController();
  const onInterrupt = (): void => interrupted.abort(new Error('interrupted before the server answered'));
  for (const signal of interruptSignals) interrupts.once(signal, onInterrupt); // the second one ends the process
  try {
    refusePassword(url, 'give the name with --user');
    const form = uploadForm(files, options);
    const beganMs = clock.monotonicMs();
    const response = await upload(url, form, {
      ...uploadOptions(options, env),
      clock: posterClock(clock),
      onProgress: (step) => progress.show(step),
      signal: interrupted.signal,
    });
    progress.clear();
    const tookMs = clock.monotonicMs() - beganMs;
    system.exitWith(
      await tell(system, response, { json: options.json, tookMs, totalBytes: form.contentLength }),
    );
  } catch (error) {
    progress.clear();
    if (error instanceof Error && 'code' in error && error.code === 'EPIPE') return; // `| head` has seen enough
    const { sentence, exitCode } = uploadTrouble(error);
    await stderr.write(`millrace: ${printable(sentence)}\n`);
    system.exitWith(interrupted.signal.aborted ? exitCodes.exception : exitCode);
  } finally {
    for (const signal of interruptSignals) interrupts.off(signal, onInterrupt);
  }
}

interface Telling {
  readonly json: true | undefined;
  readonly tookMs: number;
  readonly totalBytes: number | undefined;
}

async function tell(
  { stdout, stderr, env }: UploadSystem,
  response: UploadResponse,
  { json, tookMs, totalBytes }: Telling,
): Promise<ExitCode> {
  if (json) await stdout.write(answerJson(response));
  if (!response.ok) {
    await stderr.write(`millrace: ${refusedText(response, totalBytes)}`);
    return exitCodes.failure;
  }
  const paint = paintFor(wantsColour(env, stdout));
  if (!json) await stdout.write(`${paint.green('✓')} ${deliveredText(response, tookMs)}`);
  return exitCodes.success;
}

function posterClock(clock: Clock) {
  return {
    now: () => clock.monotonicMs(),
    after(delayMs: number, act: () => void): () => void {
      const timer = clock.after(delayMs, act);
      return () => timer.cancel();
    },
  };
}

function collected(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}
