import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '@millrace/kernel/clock';
import { codeOf, messageOf, MillraceError } from '@millrace/kernel/errors';
import { programUrl } from '@millrace/kernel/program-url';
import { systemRandom } from '@millrace/kernel/random';
import { readNote } from './agent/note-board.ts';
import { readAuthorities } from './agent/read-authorities.ts';
import { writeSettings } from './agent/settings.ts';
import { agentUrl, readableOnTheWay } from './agent/websocket.ts';
import { lockOf, logOf, openDataFolder, slotName, socketOf } from './data-folder.ts';
import type { DataFolder, ProcessName } from './data-folder.ts';
import { lockHeld, lockOwner, takeLockSoon } from './exclusive-lock.ts';
import type { FileLock } from './file-lock.ts';
import { connectLocal } from './local-socket.ts';
import { PosixPlatform, posixProcesses } from './platform-posix.ts';
import type { ToSlot } from './slot/link.ts';
import { spoolMarker } from './slot/marker.ts';
import { slotProgram } from './slot/program.ts';
import { ProcessKeeper } from './supervisor/process-keeper.ts';
import { rotateLog } from './supervisor/rotate-log.ts';
import { Supervisor } from './supervisor/supervisor.ts';

export interface WorkerOptions {
  /** Any address of the master: http, https, ws or wss. */
  readonly masterUrl: string;
  /** The worker's name in the master's config. */
  readonly name: string;
  /** Null where the master takes it from loopback without. */
  readonly token: string | null;
  /** A PEM file of authorities, or of the master's own certificate, that are trusted beside the usual ones. */
  readonly caFile?: string | undefined;
  /** The name that the master's certificate is for, where its address is another. */
  readonly tlsName?: string | undefined;
  readonly dataFolder: string;
  readonly slots: number;
  /** With less free space than this the worker takes no new builds. */
  readonly freeBytesMin?: number;
  /** Where build folders are made; absent: in the data folder. */
  readonly buildsFolder?: string | undefined;
  /** Names of variables of this process's environment that steps see, beside the usual few. */
  readonly passedVariables?: readonly string[] | undefined;
  /** Ends everything, the commands of running builds too. */
  readonly signal: AbortSignal;
  /** Ends this process alone: agent, slots and builds go on, and the next start takes them up. */
  readonly leave?: AbortSignal;
  /** Lines for people. */
  readonly log: (text: string) => void;
}

const defaultFreeBytesMin = 256 * 1024 ** 2;
const logBytesMax = 1024 ** 2;
const slotsMax = 256;

/**
 * Runs a worker in this process: its supervisor, which starts the agent and the slots as processes of their own or
 * takes up those that run. Resolves when a signal has ended it.
 *
 * @throws MillraceError `data-folder`, `data-folder-in-use`, `builds-folder`, `master-url`, `slots`: each says what to do.
 */
export async function runWorker(options: WorkerOptions): Promise<void> {
  const { masterUrl, name, token, slots, log } = options;
  const url = agentUrl(masterUrl);
  if (!Number.isInteger(slots) || slots < 1 || slots > slotsMax) {
    throw new MillraceError(
      'slots',
      `A worker has between 1 and ${slotsMax} slots, not ${slots}. Give --slots N.`,
    );
  }
  if (readableOnTheWay(url)) {
    log(`What is said to ${url.host} can be read on the way, the token too: use https or wss where you can.`);
  }
  const caFile = options.caFile === undefined ? null : path.resolve(options.caFile);
  if (caFile !== null) readAuthorities(caFile);
  const folder = openDataFolder(options.dataFolder, systemRandom);
  if (options.buildsFolder !== undefined) makeBuildsFolder(options.buildsFolder);
  const lock = await takeFolder(folder);
  try {
    const agentIsOld = writeSettings(folder.agentSettings, {
      masterUrl,
      worker: name,
      token,
      caFile,
      tlsName: options.tlsName ?? null,
      slots,
      freeBytesMin: options.freeBytesMin ?? defaultFreeBytesMin,
      version: version(),
    });
    const platform = new PosixPlatform(path.join(folder.path, 'fifos', 'supervisor'));
    const names: ProcessName[] = ['agent', ...Array.from({ length: slots }, (_, slot) => slotName(slot))];
    const supervisor = new Supervisor({
      clock: systemClock,
      agent: keeper(folder, 'agent', agentArgs(folder), log),
      slots: Array.from({ length: slots }, (_, slot) =>
        keeper(folder, slotName(slot), slotArgs(folder, slot, options), log),
      ),
      surplus: surplusSlots(folder, slots).map((slot) =>
        keeper(folder, slotName(slot), slotArgs(folder, slot, options), log),
      ),
      agentIsOld,
      endLeftovers: () => platform.signalMarked(spoolMarker(folder.spoolId), 'SIGKILL'),
      rotateLogs: () => {
        for (const one of names) rotateLog(logOf(folder, one), logBytesMax);
      },
    });
    await supervisor.run(options.signal, options.leave ?? new AbortController().signal);
  } finally {
    lock.release();
  }
}

function makeBuildsFolder(buildsFolder: string): void {
  try {
    fs.mkdirSync(buildsFolder, { recursive: true });
    fs.accessSync(buildsFolder, fs.constants.W_OK | fs.constants.X_OK);
  } catch (cause) {
    throw new MillraceError(
      'builds-folder',
      `The folder ${buildsFolder} cannot be used for builds: ${messageOf(cause)}. Give another with --builds, or mend this one.`,
      { cause },
    );
  }
}

async function takeFolder(folder: DataFolder): Promise<FileLock> {
  try {
    return await takeLockSoon(folder.lock, systemClock);
  } catch (cause) {
    if (codeOf(cause) !== 'in-use') throw cause;
    throw new MillraceError(
      'data-folder-in-use',
      `Another worker uses the data folder ${folder.path}: ${messageOf(cause)} Stop it, or give this one a folder of its own with --data.`,
      { cause },
    );
  }
}

function keeper(
  folder: DataFolder,
  name: ProcessName,
  args: readonly [string, ...string[]],
  log: (text: string) => void,
): ProcessKeeper {
  const lock = lockOf(folder, name);
  let said: string | undefined;
  return new ProcessKeeper({
    name,
    start: { args, folder: folder.path, env: environment(), logFile: logOf(folder, name) },
    clock: systemClock,
    random: systemRandom,
    processes: posixProcesses,
    connect: connectLocal(socketOf(folder, name)),
    // A slot tells its agents several times a build how it goes: it need not wake this process each time.
    ...(name !== 'agent' && { greeting: JSON.stringify({ type: 'tell-nothing' } satisfies ToSlot) }),
    place: () => ({ held: lockHeld(lock), pid: lockOwner(lock) }),
    onMessage: (line) => {
      const note = readNote(line);
      if (note !== undefined && note !== said) log(note);
      said = note ?? said;
    },
    log,
  });
}

function agentArgs(folder: DataFolder): [string, ...string[]] {
  return [
    process.execPath,
    fileURLToPath(programUrl(import.meta.url, './agent/main.ts')),
    '--data',
    folder.path,
  ];
}

/**
 * A slot does one thing at a time, and there are many: V8's four threads beside each, for its garbage and its compiler,
 * took a sixth of the CPU of builds that are short, and their wakes that of everybody else. Output comes as fast.
 */
const oneThread = '--single-threaded';

/**
 * In MiB, of each half. With the 16 that V8 grows to a slot had 60 MiB of its own after some hundred steps, with this
 * and small logs 26. What is collected more often is small. Where processes are started by Node's `spawn`, each of them
 * maps that memory anew, page by page, and a step takes half of the CPU that it did.
 */
const youngGeneration = '--max-semi-space-size=2';

function slotArgs(folder: DataFolder, slot: number, options: WorkerOptions): [string, ...string[]] {
  const { name, buildsFolder, passedVariables = [] } = options;
  const args = ['--data', folder.path, '--slot', String(slot), '--worker', name];
  if (buildsFolder !== undefined) args.push('--builds', buildsFolder);
  if (passedVariables.length > 0) args.push('--pass-env', passedVariables.join(','));
  return [process.execPath, oneThread, youngGeneration, slotProgram(), ...args];
}

/** Slots that an earlier start left running, beyond those that are wanted now. */
function surplusSlots(folder: DataFolder, slots: number): number[] {
  return fs
    .readdirSync(folder.locks)
    .flatMap((file) => /^slot-(\d+)\.sqlite$/.exec(file)?.[1] ?? [])
    .map(Number)
    .filter((slot) => slot >= slots && lockOwner(lockOf(folder, slotName(slot))) !== undefined);
}

/** Ours, without tokens: the agent reads its own from the settings, and slots need none. */
function environment(): Record<string, string> {
  const { MILLRACE_TOKEN: _token, MILLRACE_WORKER_TOKEN: _workerToken, ...rest } = process.env;
  return Object.fromEntries(
    Object.entries(rest).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function version(): string {
  const file = path.join(import.meta.dirname, '..', 'package.json');
  return (JSON.parse(fs.readFileSync(file, 'utf8')) as { version: string }).version;
}
