import type { LogStream, PlannedLimit, PlannedSource, PlannedStep } from '@millrace/protocol/plan';
import type { PropertyValue } from '@millrace/protocol/property';
import type { Reason, Result } from '@millrace/protocol/result';
import type { Disk } from '../disk.ts';
import type { FileLocks } from '../file-lock.ts';
import type { Environment } from './environment.ts';
import type { Properties, Secrets } from './template.ts';

/** How a step ended, as its `step-finished` says. */
export interface StepOutcome {
  readonly result: Result;
  readonly reason?: Reason;
  readonly exitCode?: number;
  readonly signal?: string;
  readonly limit?: PlannedLimit;
  readonly message?: string;
  /** How many lines of output were warnings, where the plan asks for them. */
  readonly warnings?: number;
}

/** A log that a step writes. The bytes are only lent. */
export interface StepLog {
  write(bytes: Uint8Array): void;
}

export interface StepCommand {
  readonly args: readonly [string, ...string[]];
  /** Absolute. */
  readonly folder: string;
  readonly env: Environment;
  /** Where its output goes: one log for both streams, in true order, or one each. */
  readonly output: { readonly combined: StepLog } | { readonly stdout: StepLog; readonly stderr: StepLog };
}

/** What is told of a command before it runs. */
interface CommandNote {
  /** As a person would give it to a shell. */
  readonly command: string;
  /** Below the build's folder. */
  readonly folder: string;
  /** Names of the variables that it sees. */
  readonly environment: readonly string[];
}

export type CommandEnd =
  | { readonly kind: 'exited'; readonly exitCode: number }
  | { readonly kind: 'signalled'; readonly signal: string }
  /** It never ran. */
  | { readonly kind: 'not-started'; readonly message: string }
  /** The step is being stopped: it returns, whatever it says. */
  | { readonly kind: 'stopped' };

/** What a step is handed. */
export interface StepContext {
  /** Where the build works; it exists. */
  readonly buildFolder: string;
  /** The worker's own folder. */
  readonly dataFolder: string;
  /** For copies of repositories, which builds of one level of trust share. */
  readonly mirrorsFolder: string;
  readonly source: PlannedSource | undefined;
  readonly properties: Properties;
  readonly secrets: Secrets;
  readonly env: Environment;
  readonly disk: Disk;
  readonly locks: FileLocks;
  openLog(name: string, stream: LogStream): StepLog;
  noteCommand(note: CommandNote): void;
  /** For this build's later steps, and for whoever looks at it. How the step ends where there is no room for it. */
  setProperty(name: string, value: PropertyValue): StepOutcome | undefined;
  addLink(url: string): void;
  run(command: StepCommand): Promise<CommandEnd>;
  /** False when the step is being stopped. */
  sleep(ms: number): Promise<boolean>;
}

/** One kind of step. It ends when nothing of it is left running. */
export type RunStep<Planned = PlannedStep> = (step: Planned, context: StepContext) => Promise<StepOutcome>;

/** For a step that is being stopped: who stops it knows why, and says so in its place. */
export const stoppedOutcome: StepOutcome = { result: 'cancelled', reason: 'cancelled' };
