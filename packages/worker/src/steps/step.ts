import type {
  LogStream,
  PlannedCheckout,
  PlannedLimit,
  PlannedSh,
  PlannedSource,
} from '@millrace/protocol/plan';
import type { Reason, Result } from '@millrace/protocol/result';
import type { Disk } from '../disk.ts';
import type { FileLocks } from '../file-lock.ts';
import type { Environment } from './environment.ts';
import type { Properties } from './template.ts';

/** How a step ended, as its `step-finished` says. */
export interface StepOutcome {
  readonly result: Result;
  readonly reason?: Reason;
  readonly exitCode?: number;
  readonly signal?: string;
  readonly limit?: PlannedLimit;
  readonly message?: string;
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
  /** The worker's own folder, for what builds share. */
  readonly dataFolder: string;
  readonly source: PlannedSource | undefined;
  readonly properties: Properties;
  readonly env: Environment;
  readonly disk: Disk;
  readonly locks: FileLocks;
  openLog(name: string, stream: LogStream): StepLog;
  run(command: StepCommand): Promise<CommandEnd>;
  /** False when the step is being stopped. */
  sleep(ms: number): Promise<boolean>;
}

/** One kind of step. It ends when nothing of it is left running. */
export type RunStep<Planned = PlannedSh | PlannedCheckout> = (
  step: Planned,
  context: StepContext,
) => Promise<StepOutcome>;

/** For a step that is being stopped: who stops it knows why, and says so in its place. */
export const stoppedOutcome: StepOutcome = { result: 'cancelled', reason: 'cancelled' };
