import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { ChurnError } from '../churn-error.ts';

/** Where and as whom a program runs. */
export interface ProgramContext {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

const stderrBytesMax = 4096;

/**
 * What a program prints, in pieces as they come. Whoever stops early ends the program with it. `input` is what
 * it reads on its stdin.
 *
 * @throws ChurnError `tool-missing`, or `tool-failed` with the end of what the program said
 */
export async function* programOutput(
  program: string,
  context: ProgramContext,
  args: readonly string[],
  input = '',
): AsyncGenerator<Buffer, void, void> {
  const child = startProgram(program, context, args);
  const ended = endOf(child, `${program} ${args.join(' ').slice(0, 80)}`);
  ended.catch(() => {}); // awaited below, unless the reader stops first
  child.stdin.on('error', () => {}).end(input); // it may end before it has read all: its exit tells why
  try {
    for await (const chunk of child.stdout) yield chunk as Buffer;
    await ended;
  } catch (error) {
    context.signal?.throwIfAborted();
    throw error;
  } finally {
    if (child.exitCode === null && child.signalCode === null) child.kill();
    await ended.catch(() => {});
  }
}

/** Starts a program with all three streams as pipes; an aborted signal kills it. */
export function startProgram(
  program: string,
  { cwd, env, signal }: ProgramContext,
  args: readonly string[],
): ChildProcessWithoutNullStreams {
  signal?.throwIfAborted();
  return spawn(program, args, { cwd, env, stdio: 'pipe', windowsHide: true, ...(signal && { signal }) });
}

/**
 * Resolves when a program has ended well and its streams are closed. Reads its stderr.
 *
 * @throws ChurnError `tool-missing`, `tool-failed`
 */
export async function endOf(child: ChildProcessWithoutNullStreams, called: string): Promise<void> {
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-stderrBytesMax);
  });
  try {
    const [code, killedBy] = (await once(child, 'close')) as [number | null, string | null];
    if (code === 0) return;
    const how = killedBy === null ? `ended with ${code}` : `was ended by ${killedBy}`;
    throw new ChurnError('tool-failed', `${called}: ${how}: ${said.trim()}`);
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') throw error.cause ?? error; // the signal's reason
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const program = child.spawnfile;
    throw new ChurnError('tool-missing', `${program} was not found: install it, or put it on PATH`, error);
  }
}
