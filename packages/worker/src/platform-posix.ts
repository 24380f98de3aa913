import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { codeOf, MillraceError } from '@millrace/kernel/errors';
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
import { isAlive, markerVariable, processesSince, processTable } from './process-table.ts';
import type { ProcessEntry } from './process-table.ts';
import { nodeStarter, startApart } from './process-starter.ts';
import type { ProcessStarter } from './process-starter.ts';

/*
 * Linux and macOS. Windows has neither FIFOs nor process groups and is not supported. What processes there are
 * is looked up in `process-table.ts`; nobody else knows the system.
 *
 * A command's output goes through a FIFO: Node makes socket pairs, and a program cannot open /dev/stdout when
 * it is a socket. stdout and stderr are the same open file, so what the command wrote first comes first.
 */

/** Enough for a daemon that forks twice, and an end on a machine where processes come and go all the time. */
const looksMax = 5;

/** What a pipe of Linux holds. */
const pipeBytes = 64 * 1024;
/**
 * What one is let hold when its command has filled it: the command prints on while the slot compresses, and a read
 * brings twice as much (measured: a third of the waits and two thirds of the reads for each MB). No more, since the
 * system bounds what all pipes of a user hold together, to 64 MiB by itself (pipe(7)).
 */
const widePipeBytes = 256 * 1024;
/** The buffer is used again for each read. */
const readBytes = 128 * 1024;

/** Lets a pipe hold so much, where the system allows it. */
export type WidenPipe = (file: number, bytes: number) => void;

export class PosixPlatform implements Platform {
  readonly #fifos: FifoPool;
  readonly #starter: ProcessStarter;

  /**
   * @param folder where the FIFOs are made; this process's alone
   * @param widenPipe absent: pipes hold what they do by themselves
   */
  constructor(folder: string, starter = nodeStarter, widenPipe?: WidenPipe) {
    this.#fifos = new FifoPool(folder, widenPipe);
    this.#starter = starter;
  }

  startCommand(start: CommandStart, events: CommandEvents): Command {
    return new PosixCommand(this.#fifos, this.#starter, start, events);
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
      const { args, folder, env } = start;
      return { pid: startApart({ args, folder, env, stdout: log, stderr: log }) };
    } finally {
      fs.closeSync(log);
    }
  },
  processAlive(pid) {
    return isAlive(pid);
  },
  signalProcess: (pid, signal) => kill(pid, signal),
};

class PosixCommand implements Command {
  readonly #starter: ProcessStarter;
  readonly #marker: string;
  readonly #group: number;
  readonly #startedAtMs = performance.now();
  readonly #outputs: readonly OutputReader[];
  /** The command has gone and no other was in its group: the number may be another's now. */
  #groupGone = false;
  #exited = false;

  constructor(fifos: FifoPool, starter: ProcessStarter, start: CommandStart, events: CommandEvents) {
    this.#starter = starter;
    this.#marker = start.marker;
    const { args, folder } = start;
    const [out, err] = fifos.takeFor(start.separateStreams);
    try {
      const inherited = process.env[markerVariable];
      const markers = inherited === undefined ? start.marker : `${inherited} ${start.marker}`;
      const env = { ...start.env, [markerVariable]: markers };
      const streams = { stdout: out.writeHandle, stderr: err.writeHandle };
      this.#group = starter.start({ args, folder, env, ...streams }, (end) => {
        this.#exited = true;
        events.onExit(end);
      });
    } catch (thrown) {
      for (const fifo of new Set([out, err])) fifos.giveBack(fifo);
      throw thrown;
    } finally {
      for (const fifo of new Set([out, err])) fs.closeSync(fifo.writeHandle);
    }
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
  }

  pause(): void {
    for (const output of this.#outputs) output.pause();
  }

  resume(): void {
    for (const output of this.#outputs) output.resume();
  }

  signalTree(signal: TreeSignal): void {
    const tree = this.#treeIn(processTable());
    // At once for the whole group, so that none of it forks in between.
    if (!this.#groupGone) kill(-this.#group, signal);
    for (const entry of tree) if (this.#groupGone || entry.group !== this.#group) kill(entry.pid, signal);
  }

  treeAlive(): boolean {
    if (this.#starter.nothingLeft()) {
      this.#groupGone = true;
      return false;
    }
    for (let looks = 0; looks < looksMax; looks++) {
      let gone = 0;
      const table = processesSince(this.#group, this.#startedAtMs, () => (gone += 1));
      if (this.#treeIn(table).length > 0) return true;
      // One that went while it was looked at may have left a child that was not there yet when the list was made.
      if (gone === 0) break;
    }
    return false;
  }

  abandonOutput(): void {
    for (const output of this.#outputs) output.abandon();
  }

  #treeIn(table: readonly ProcessEntry[]): readonly ProcessEntry[] {
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
  readonly #widenPipe: WidenPipe | undefined;
  readonly #free: string[] = [];
  readonly #buffers: Buffer[] = [];
  #made = 0;

  constructor(folder: string, widenPipe: WidenPipe | undefined) {
    this.#folder = folder;
    this.#widenPipe = widenPipe;
  }

  /** For stdout and stderr: one that is both, or one each. */
  takeFor(separateStreams: boolean): readonly [Fifo, Fifo] {
    const out = this.#take();
    if (!separateStreams) return [out, out];
    try {
      return [out, this.#take()];
    } catch (thrown) {
      fs.closeSync(out.writeHandle);
      this.giveBack(out);
      throw thrown;
    }
  }

  #take(): Fifo {
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
  release(fifo: Fifo, buffer?: Buffer): void {
    this.#free.push(fifo.path);
    if (buffer !== undefined) this.#buffers.push(buffer);
  }

  /** Until every process has let go of it. */
  widen(fifo: Fifo): void {
    this.#widenPipe?.(fifo.readHandle, widePipeBytes);
  }

  /** To read into: one that an earlier command is done with, or a new one. */
  takeBuffer(): Buffer {
    return this.#buffers.pop() ?? Buffer.allocUnsafeSlow(readBytes);
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
  readonly #buffer: Buffer;
  readonly #socket: net.Socket;
  readonly #onEnd: () => void;
  #paused = false;
  #done = false;

  constructor(fifos: FifoPool, fifo: Fifo, onBytes: (bytes: Uint8Array) => void, onEnd: () => void) {
    this.#fifos = fifos;
    this.#fifo = fifo;
    this.#onEnd = onEnd;
    const buffer = fifos.takeBuffer();
    this.#buffer = buffer;
    let wide = false;
    const callback = (length: number): boolean => {
      if (!wide && length >= pipeBytes) {
        wide = true;
        fifos.widen(fifo);
      }
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
    this.#fifos.release(this.#fifo, this.#buffer);
    this.#onEnd();
  }
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
