import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { messageOf, MillraceError } from '@millrace/kernel/errors';
import type { ProcessEnd } from './platform.ts';

/** A process in a session and group of its own, whose stdin is `/dev/null`. */
export interface ProcessRequest {
  /** Where no `/` is in the first, it is looked for in the `PATH` of `env`. */
  readonly args: readonly [string, ...string[]];
  readonly folder: string;
  /** All of it. */
  readonly env: Readonly<Record<string, string>>;
  /** Numbers of open files of this process. They stay open here. */
  readonly stdout: number;
  readonly stderr: number;
}

/** Two ways, one contract: `e2e/platform-posix.test.ts` holds both to it. */
export interface ProcessStarter {
  /**
   * Answers its number, which is its group's, too. `onEnd` is told once, and later.
   * @throws MillraceError `spawn-failed` with the command's name and why.
   */
  start(request: ProcessRequest, onEnd: (end: ProcessEnd) => void): number;
  /** Whether no process is left of all that it has started, whoever its parent was. False where that is not known. */
  nothingLeft(): boolean;
}

/** Node's own way, which works everywhere. On Linux it maps all the memory of this process anew for each. */
export const nodeStarter: ProcessStarter = {
  start(request, onEnd) {
    const child = spawned(request);
    child.on('exit', (exitCode, signal) => onEnd({ exitCode, signal }));
    return numberOf(child);
  },
  nothingLeft: () => false,
};

/**
 * One that this process neither waits for nor takes with it. Answers its number.
 * @throws MillraceError `spawn-failed`.
 */
export function startApart(request: ProcessRequest): number {
  const child = spawned(request);
  child.unref();
  return numberOf(child);
}

/** Node tells only later why a process did not start, and the system no more than a number: so it is looked up. */
export function whyNotStarted({ args: [command], folder, env }: ProcessRequest): MillraceError {
  if (!fs.existsSync(folder)) return notStarted(command, `the folder ${folder} is not there`);
  if (placesOf(command, env).some((place) => fs.existsSync(path.resolve(folder, place))))
    return notStarted(command, 'it may not be executed, or the system has no room for another process');
  const where = command.includes('/') ? '' : ` in the PATH (${env['PATH'] ?? 'which is empty'})`;
  return new MillraceError('spawn-failed', `The command '${command}' was not found${where}.`);
}

/** `why`: a part of a sentence. */
export function notStarted(command: string, why: string, cause?: unknown): MillraceError {
  return new MillraceError('spawn-failed', `The command '${command}' could not be started: ${why}.`, {
    cause,
  });
}

/** Where a command may be, in the order in which it is looked for: absolute, or as seen from its folder. */
export function placesOf(command: string, env: Readonly<Record<string, string>>): readonly string[] {
  if (command.includes('/')) return [command];
  const folders = (env['PATH'] ?? '').split(path.delimiter);
  return folders.map((folder) => (folder === '' ? command : `${folder}/${command}`));
}

function spawned(request: ProcessRequest): ChildProcess {
  const { folder, env, stdout, stderr } = request;
  const [command, ...rest] = request.args;
  let child: ChildProcess;
  try {
    child = spawn(command, rest, { cwd: folder, env, stdio: ['ignore', stdout, stderr], detached: true });
  } catch (thrown) {
    throw notStarted(command, messageOf(thrown), thrown);
  }
  // The same failure comes once more as an event, too late for the caller.
  child.on('error', () => undefined);
  if (child.pid === undefined) throw whyNotStarted(request);
  return child;
}

function numberOf(child: ChildProcess): number {
  if (child.pid === undefined) throw new MillraceError('spawn-failed', 'A process has no number.');
  return child.pid;
}
