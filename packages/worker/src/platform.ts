/*
 * What the worker needs of the operating system: starting a command, ending its whole tree, starting the
 * worker's own processes so that they outlive each other. `platform-posix.ts` is the only file that knows
 * how; the simulator hands in a platform whose commands are scripts.
 */

export interface CommandStart {
  readonly args: readonly [string, ...string[]];
  readonly folder: string;
  /** All of it: nothing is inherited from the slot but the marker. */
  readonly env: Readonly<Record<string, string>>;
  /** One stream for both, in true order, or one each. */
  readonly separateStreams: boolean;
  /**
   * In the environment of every process of the tree, so that those that left the process group are found.
   * Letters, digits and `._/-`.
   */
  readonly marker: string;
}

/** The end of a process: one of the two is null. */
export interface ProcessEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
}

export type OutputStream = 'combined' | 'stdout' | 'stderr';

export interface CommandEvents {
  /** A piece of output. The bytes are only lent: copy what is kept. */
  onOutput(stream: OutputStream, bytes: Uint8Array): void;
  /** The command's own process ended; output may still come, also from grandchildren that hold the stream. */
  onExit(end: ProcessEnd): void;
  /** Every holder of the streams has let go: no more output comes. Before or after `onExit`. */
  onOutputEnd(): void;
}

export interface Command {
  /** Stops reading: nothing is lost, the command blocks when its pipe is full. */
  pause(): void;
  resume(): void;
  /** Sends a signal to every process of the tree, also those that left the group. */
  signalTree(signal: TreeSignal): void;
  /** Whether any process of the tree is alive (a zombie is not). */
  treeAlive(): boolean;
  /** Lets go of the streams although somebody still holds them. No event comes after it but `onExit`. */
  abandonOutput(): void;
}

export type TreeSignal = 'SIGTERM' | 'SIGKILL';

export interface Platform {
  /** @throws MillraceError `spawn-failed` with the command's name and why. */
  startCommand(start: CommandStart, events: CommandEvents): Command;
  /**
   * Sends a signal to every process of a tree whose marker begins with `prefix`, whoever started it: what a
   * slot that died left behind. Answers how many it found alive; without a signal it does no more.
   */
  signalMarked(prefix: string, signal?: TreeSignal): number;
}

/** One of the worker's own processes: the agent, a slot. */
export interface ProcessStart {
  readonly args: readonly [string, ...string[]];
  readonly folder: string;
  /** All of it. */
  readonly env: Readonly<Record<string, string>>;
  /** Where its stdout and stderr are appended. */
  readonly logFile: string;
}

/** Starts processes that live on when the one that started them is killed. */
export interface Processes {
  /** @throws MillraceError `spawn-failed`. */
  startProcess(start: ProcessStart): { readonly pid: number };
  /** Whether the process is alive: a zombie is not. */
  processAlive(pid: number): boolean;
  /** False where there is no such process any more. */
  signalProcess(pid: number, signal: TreeSignal | 'SIGINT'): boolean;
}
