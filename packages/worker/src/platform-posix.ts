import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { codeOf, messageOf, MillraceError } from '@millrace/kernel/errors';
import type {
  Command,
  CommandEvents,
  CommandStart,
  OutputStream,
  Platform,
  Processes,
  ProcessStart,
  TreeSignal,
} from './platform.ts';

/*
 * Linux and macOS. On Linux processes are looked up in /proc; elsewhere by `ps`, which is untested. Windows
 * has neither FIFOs nor process groups and is not supported.
 *
 * A command's output goes through a FIFO: Node makes socket pairs, and a program cannot open /dev/stdout when
 * it is a socket. stdout and stderr are the same open file, so what the command wrote first comes first.
 */

/** Names the trees that a process belongs to, outermost first: millrace may build millrace. */
const markerVariable = 'MILLRACE_TREE';

/** A FIFO gives at most 64 KiB at once; the buffer is used again for each read. */
const readBytes = 64 * 1024;

export class PosixPlatform implements Platform {
  readonly #fifos: FifoPool;

  /** `folder`: where the FIFOs are made; this process's alone. */
  constructor(folder: string) {
    this.#fifos = new FifoPool(folder);
  }

  startCommand(start: CommandStart, events: CommandEvents): Command {
    return new PosixCommand(this.#fifos, start, events);
  }

  signalMarked(prefix: string, signal?: TreeSignal): number {
    const marked = processTable().filter((entry) =>
      entry.markers.some((marker) => marker.startsWith(prefix)),
    );
    if (signal !== undefined) for (const { pid } of marked) kill(pid, signal);
    return marked.length;
  }
}

export const posixProcesses: Processes = {
  startProcess(start: ProcessStart) {
    fs.mkdirSync(path.dirname(start.logFile), { recursive: true });
    const log = fs.openSync(start.logFile, 'a');
    try {
      const child = spawnOrThrow(start.args, start.folder, start.env, ['ignore', log, log]);
      child.unref();
      return { pid: pidOf(child) };
    } finally {
      fs.closeSync(log);
    }
  },
  processAlive(pid) {
    if (process.platform === 'linux') return readStat(pid) !== undefined;
    return processTable().some((entry) => entry.pid === pid);
  },
  signalProcess: (pid, signal) => kill(pid, signal),
};

class PosixCommand implements Command {
  readonly #marker: string;
  readonly #group: number;
  readonly #startedAtMs = performance.now();
  readonly #outputs: readonly OutputReader[];
  /** The command has gone and no other was in its group: the number may be another's now. */
  #groupGone = false;
  #exited = false;

  constructor(fifos: FifoPool, start: CommandStart, events: CommandEvents) {
    this.#marker = start.marker;
    const out = fifos.take();
    const err = start.separateStreams ? fifos.take() : out;
    let child: ChildProcess;
    try {
      const inherited = process.env[markerVariable];
      const markers = inherited === undefined ? start.marker : `${inherited} ${start.marker}`;
      const env = { ...start.env, [markerVariable]: markers };
      child = spawnOrThrow(start.args, start.folder, env, ['ignore', out.writeHandle, err.writeHandle]);
    } catch (thrown) {
      for (const fifo of new Set([out, err])) fifos.giveBack(fifo);
      throw thrown;
    } finally {
      for (const fifo of new Set([out, err])) fs.closeSync(fifo.writeHandle);
    }
    this.#group = pidOf(child);
    let open = start.separateStreams ? 2 : 1;
    const reader = (fifo: Fifo, stream: OutputStream): OutputReader =>
      new OutputReader(
        fifos,
        fifo,
        (bytes) => events.onOutput(stream, bytes),
        () => {
          open -= 1;
          if (open === 0) events.onOutputEnd();
        },
      );
    this.#outputs = start.separateStreams
      ? [reader(out, 'stdout'), reader(err, 'stderr')]
      : [reader(out, 'combined')];
    child.on('exit', (exitCode, signal) => {
      this.#exited = true;
      events.onExit({ exitCode, signal });
    });
  }

  pause(): void {
    for (const output of this.#outputs) output.pause();
  }

  resume(): void {
    for (const output of this.#outputs) output.resume();
  }

  signalTree(signal: TreeSignal): void {
    const tree = this.#tree();
    // At once for the whole group, so that none of it forks in between.
    if (!this.#groupGone) kill(-this.#group, signal);
    for (const entry of tree) if (entry.group !== this.#group) kill(entry.pid, signal);
  }

  treeAlive(): boolean {
    return this.#tree(sinceThen(this.#group, this.#startedAtMs)).length > 0;
  }

  abandonOutput(): void {
    for (const output of this.#outputs) output.abandon();
  }

  #tree(mayBe?: (pid: number) => boolean): readonly ProcessEntry[] {
    const table = processTable(mayBe);
    const inGroup = (entry: ProcessEntry): boolean => !this.#groupGone && entry.group === this.#group;
    if (this.#exited && !table.some(inGroup)) this.#groupGone = true;
    return table.filter((entry) => inGroup(entry) || entry.markers.includes(this.#marker));
  }
}

/** A FIFO with a reading end that does not block and the writing end that a command is given. */
interface Fifo {
  readonly path: string;
  readonly readHandle: number;
  readonly writeHandle: number;
}

/** Making a FIFO takes a process, as Node cannot: one that every writer has let go of is used again. */
class FifoPool {
  readonly #folder: string;
  readonly #free: string[] = [];
  #made = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  take(): Fifo {
    const fifo = this.#free.pop() ?? this.#make();
    const readHandle = fs.openSync(fifo, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
    // It has a reader, so this does not wait for one.
    return { path: fifo, readHandle, writeHandle: fs.openSync(fifo, fs.constants.O_WRONLY) };
  }

  /** No command has it: it may be used again. Closes the reading end. */
  giveBack(fifo: Fifo): void {
    fs.closeSync(fifo.readHandle);
    this.release(fifo);
  }

  /** Every writer has gone and the reading end is closed. */
  release(fifo: Fifo): void {
    this.#free.push(fifo.path);
  }

  /** Somebody may still write into it: it is never used again. */
  discard(fifo: Fifo): void {
    fs.rmSync(fifo.path, { force: true });
  }

  #make(): string {
    this.#made += 1;
    const fifo = path.join(this.#folder, `output-${this.#made}.fifo`);
    fs.mkdirSync(this.#folder, { recursive: true });
    // One that an earlier process left may still have a writer.
    fs.rmSync(fifo, { force: true });
    const made = spawnSync('mkfifo', ['-m', '600', fifo], { encoding: 'utf8' });
    if (made.status !== 0)
      throw new MillraceError(
        'spawn-failed',
        `No FIFO could be made for the command's output: ${made.error?.message ?? made.stderr.trim()}.`,
        { cause: made.error },
      );
    return fifo;
  }
}

/** Reads one FIFO until every writer has let go of it, or it is abandoned. */
class OutputReader {
  readonly #fifos: FifoPool;
  readonly #fifo: Fifo;
  readonly #socket: net.Socket;
  readonly #onEnd: () => void;
  #paused = false;
  #done = false;

  constructor(fifos: FifoPool, fifo: Fifo, onBytes: (bytes: Uint8Array) => void, onEnd: () => void) {
    this.#fifos = fifos;
    this.#fifo = fifo;
    this.#onEnd = onEnd;
    const buffer = Buffer.allocUnsafeSlow(readBytes);
    const callback = (length: number): boolean => {
      if (!this.#done) onBytes(buffer.subarray(0, length));
      return !this.#paused;
    };
    this.#socket = new net.Socket({
      fd: fifo.readHandle,
      readable: true,
      writable: false,
      onread: { buffer, callback },
    });
    this.#socket.on('end', () => this.#end());
    this.#socket.on('error', () => this.#end());
    this.#socket.resume();
  }

  /** With a buffer of its own the socket stops reading, not only telling. */
  pause(): void {
    this.#paused = true;
    this.#socket.pause();
  }

  resume(): void {
    this.#paused = false;
    if (!this.#done) this.#socket.resume();
  }

  abandon(): void {
    if (this.#done) return;
    this.#done = true;
    this.#socket.destroy();
    this.#fifos.discard(this.#fifo);
  }

  #end(): void {
    if (this.#done) return;
    this.#done = true;
    this.#socket.destroy();
    this.#fifos.release(this.#fifo);
    this.#onEnd();
  }
}

function spawnOrThrow(
  args: readonly [string, ...string[]],
  folder: string,
  env: Readonly<Record<string, string>>,
  stdio: ['ignore', number, number],
): ChildProcess {
  const [command, ...rest] = args;
  let child: ChildProcess;
  try {
    child = spawn(command, rest, { cwd: folder, env, stdio, detached: true });
  } catch (thrown) {
    throw new MillraceError(
      'spawn-failed',
      `The command '${command}' could not be started: ${messageOf(thrown)}.`,
      {
        cause: thrown,
      },
    );
  }
  // The same failure comes once more as an event, too late for the caller.
  child.on('error', () => undefined);
  if (child.pid === undefined) throw new MillraceError('spawn-failed', whyNotStarted(command, folder, env));
  return child;
}

function pidOf(child: ChildProcess): number {
  if (child.pid === undefined) throw new MillraceError('spawn-failed', 'A process has no number.');
  return child.pid;
}

/** Node tells only later why a process did not start, so it is looked up. */
function whyNotStarted(command: string, folder: string, env: Readonly<Record<string, string>>): string {
  if (!fs.existsSync(folder))
    return `The command '${command}' could not be started: the folder ${folder} is not there.`;
  const places = command.includes('/') ? [''] : (env['PATH'] ?? '').split(path.delimiter);
  const candidates = places.map((place) => path.resolve(folder, place, command));
  if (candidates.some((candidate) => fs.existsSync(candidate)))
    return `The command '${command}' could not be started: it may not be executed, or the system has no room for another process.`;
  return command.includes('/')
    ? `The command '${command}' was not found.`
    : `The command '${command}' was not found in the PATH (${env['PATH'] ?? 'which is empty'}).`;
}

/** False where there is no such process. One that belongs to another user cannot be helped. */
function kill(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (thrown) {
    return codeOf(thrown) === 'EPERM';
  }
}

/** A process that lives: zombies are none. */
interface ProcessEntry {
  readonly pid: number;
  readonly group: number;
  readonly markers: readonly string[];
}

/** `mayBe`: leaves out processes without a look at them. */
function processTable(mayBe?: (pid: number) => boolean): readonly ProcessEntry[] {
  return process.platform === 'linux' ? procTable(mayBe) : psTable();
}

/** More than any machine of ours starts. Measured: 1,400/s from C. */
const startsPerSecondMax = 5_000;

/**
 * Tells processes that may have been started since `first` was, by their numbers, which Linux gives out in turn:
 * a look at one process costs 0.05 ms, and most of a machine's have been there all along. Undefined where the
 * numbers may have gone round once since, and all must be looked at.
 */
function sinceThen(first: number, startedAtMs: number): ((pid: number) => boolean) | undefined {
  const seconds = (performance.now() - startedAtMs) / 1000;
  if (process.platform !== 'linux' || seconds * startsPerSecondMax > pidMax()) return undefined;
  let last: number | undefined;
  return (pid) => {
    // Read after the folder was listed: what is in the list is not beyond it.
    last ??= Number(fs.readFileSync('/proc/loadavg', 'latin1').trim().split(' ').at(-1));
    return first <= last ? pid >= first && pid <= last : pid >= first || pid <= last;
  };
}

function pidMax(): number {
  try {
    return Number(fs.readFileSync('/proc/sys/kernel/pid_max', 'latin1'));
  } catch {
    return 0;
  }
}

function procTable(mayBe: (pid: number) => boolean = () => true): readonly ProcessEntry[] {
  const entries: ProcessEntry[] = [];
  for (const name of fs.readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid || !mayBe(pid)) continue;
    const stat = readStat(pid);
    if (stat === undefined) continue;
    entries.push({ pid, group: stat.group, markers: markersIn(readProc(pid, 'environ').split('\0')) });
  }
  return entries;
}

/** Undefined for a process that has gone, or is only waiting to be reaped. See proc_pid_stat(5). */
function readStat(pid: number): { readonly group: number } | undefined {
  const stat = readProc(pid, 'stat');
  // The name in parentheses may hold anything, spaces and parentheses too.
  const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (stat === '' || state === 'Z' || state === 'X') return undefined;
  return { group: Number(group) };
}

/** Empty for a process that has gone or is another user's. */
function readProc(pid: number, file: 'stat' | 'environ'): string {
  try {
    return fs.readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
}

function psTable(): readonly ProcessEntry[] {
  // -E: the environment stands behind the command.
  const ps = spawnSync('ps', ['-axEww', '-o', 'pid=,pgid=,state=,command='], {
    encoding: 'latin1',
    maxBuffer: 256 * 1024 ** 2,
  });
  const entries: ProcessEntry[] = [];
  for (const line of ps.stdout.split('\n')) {
    const match = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line);
    if (match === null || match[3]?.startsWith('Z') === true) continue;
    const words = (match[4] ?? '').split(' ');
    const at = words.findIndex((word) => word.startsWith(`${markerVariable}=`));
    // Where the variable ends cannot be seen, so every later word may be a marker.
    const markers = at === -1 ? [] : markersIn([words.slice(at).join(' ')]);
    entries.push({ pid: Number(match[1]), group: Number(match[2]), markers });
  }
  return entries.filter((entry) => entry.pid !== process.pid);
}

function markersIn(environment: readonly string[]): readonly string[] {
  const prefix = `${markerVariable}=`;
  const variable = environment.find((entry) => entry.startsWith(prefix));
  return variable === undefined ? [] : variable.slice(prefix.length).split(' ');
}
