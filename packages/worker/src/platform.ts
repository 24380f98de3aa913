/**
 * The only file that knows the operating system: starting a command, ending its whole tree, starting the
 * worker's own processes so that they outlive each other.
 */
export interface CommandStart {
  readonly args: readonly [string, ...string[]];
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** One stream for both, in true order, or one each. */
  readonly separateStreams: boolean;
  /** In the environment of every process of the tree, so that those that left the process group are found. */
  readonly marker: string;
}

export interface CommandEvents {
  /** A piece of output. The bytes are only lent: copy what is kept. */
  onOutput(stream: 'combined' | 'stdout' | 'stderr', bytes: Uint8Array): void;
  /** The command's own process ended; output may still come from grandchildren that hold the stream. */
  onExit(end: { readonly exitCode: number | null; readonly signal: string | null }): void;
  /** Every holder of the streams has let go: no more output comes. */
  onOutputEnd(): void;
}

export interface Command {
  /** Stops and goes on reading: nothing is lost, the command blocks when its pipe is full. */
  pause(): void;
  resume(): void;
  /** Sends a signal to every process of the tree, also those that left the group. */
  signalTree(signal: 'SIGTERM' | 'SIGKILL'): void;
  /** Whether any process of the tree is alive (a zombie is not). */
  treeAlive(): boolean;
  /** Lets go of the streams although somebody still holds them. */
  abandonOutput(): void;
}

export interface Platform {
  /** @throws MillraceError `spawn-failed` with the command's name and why. */
  startCommand(start: CommandStart, events: CommandEvents): Command;
}
