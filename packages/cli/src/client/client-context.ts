import { once } from 'node:events';
import type { Clock } from '@millrace/kernel/clock';
import { systemClock } from '@millrace/kernel/clock';
import type { Random } from '@millrace/kernel/random';
import { systemRandom } from '@millrace/kernel/random';
import { ApiClient } from './api-client.ts';
import { exitCodeOfError, exitCodes, sentenceOf } from './exit-code.ts';
import type { ExitCode } from './exit-code.ts';
import { trustAuthorities } from './trust-authorities.ts';
import { wantsColour } from './paint.ts';

const defaultUrl = 'http://127.0.0.1:8010';

/** Where a command writes: standard output or error, or an array in a test. */
export interface Output {
  readonly isTerminal: boolean;
  readonly columns: number;
  /** Resolves when more may be written. */
  write(chunk: Uint8Array | string): Promise<void>;
}

/** What a command of the client is handed instead of the process. */
export interface ClientSystem {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly random: Random;
  /** Sets what the process will exit with once it has written everything. */
  readonly exitWith: (code: ExitCode) => void;
  /** Ends at once: the command line was wrong, or only help was asked for. */
  readonly exitNow: (code: ExitCode) => void;
}

export interface ClientContext extends ClientSystem {
  readonly client: ApiClient;
  readonly colour: boolean;
  /** Tells a person something beside the output, on standard error. */
  note(sentence: string): void;
}

/**
 * Runs the body of a command: an error becomes its sentence on standard error and its exit code, a result
 * becomes its exit code. A reader of standard output that has left (`| head`) is no error.
 */
export async function runClient(
  system: ClientSystem,
  body: (context: ClientContext) => Promise<ExitCode | void>,
): Promise<void> {
  try {
    trustAuthorities(system.env.MILLRACE_CA_FILE);
    const client = new ApiClient({
      url: system.env.MILLRACE_URL || defaultUrl,
      token: system.env.MILLRACE_TOKEN || undefined,
      fetch: system.fetch,
      clock: system.clock,
      random: system.random,
    });
    const colour = wantsColour(system.env, system.stdout);
    const note = (sentence: string): void => void system.stderr.write(`millrace: ${sentence}\n`);
    const code = await body({ ...system, client, colour, note });
    system.exitWith(code ?? exitCodes.success);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EPIPE') return;
    await system.stderr.write(`${sentenceOf(error)}\n`);
    system.exitWith(exitCodeOfError(error));
  }
}

/** The process itself. */
export function processSystem(): ClientSystem {
  return {
    env: process.env,
    stdout: outputOf(process.stdout),
    stderr: outputOf(process.stderr),
    fetch: globalThis.fetch,
    clock: systemClock,
    random: systemRandom,
    exitWith: (code) => {
      process.exitCode = code;
    },
    exitNow: (code) => process.exit(code),
  };
}

function outputOf(stream: NodeJS.WriteStream): Output {
  let failed: Error | undefined;
  let listening = false;
  return {
    isTerminal: stream.isTTY,
    columns: stream.columns ?? 120,
    async write(chunk) {
      if (!listening) {
        listening = true;
        stream.on('error', (error) => {
          failed = error;
        });
      }
      if (failed !== undefined) throw failed;
      if (!stream.write(chunk)) await once(stream, 'drain');
    },
  };
}
