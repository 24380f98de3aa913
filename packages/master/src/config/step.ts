import type { Visibility } from './access-config.ts';
import type { Text } from './late-value.ts';

/** Limits of a step, in milliseconds. `null`: no limit. */
export interface Limits {
  /**
   * The step fails as `timed-out` when its command has printed nothing for so long.
   * @defaultValue 20 minutes
   */
  readonly noOutputMs?: number | null;
  /**
   * The step fails as `timed-out` when it has run for so long.
   * @defaultValue none
   */
  readonly totalMs?: number | null;
}

/** What every kind of step can be told. */
export interface StepOptions {
  /** What people see. Unique in the builder; made from the command where it is not given. */
  readonly name?: string;
  readonly limits?: Limits;
  /**
   * How long the command and its children have between SIGTERM and SIGKILL when the step is ended.
   * @defaultValue 10,000
   */
  readonly killGraceMs?: number;
  /**
   * The most that each log of the step keeps, in bytes. Of more than that, the head and the tail are kept.
   * @defaultValue 1 GiB
   */
  readonly logBytesMax?: number;
  /** Environment variables of the step, on top of the builder's. */
  readonly env?: Readonly<Record<string, Text>>;
  /**
   * Run it also when an earlier step has failed. (No step runs in a build that was cancelled.)
   * @defaultValue false
   */
  readonly always?: boolean;
  /**
   * `private`: who has no token does not see what it prints and says, though its builder is public.
   * @defaultValue 'public'
   */
  readonly visibility?: Visibility;
}

export interface ShOptions extends StepOptions {
  /**
   * Where the command runs: a folder below the build's own, such as `packages/web`.
   * @defaultValue the build's folder
   */
  readonly folder?: string;
  /**
   * Keep stdout and stderr as two logs. By default they are one, in the order in which they were printed.
   * @defaultValue false
   */
  readonly separateStreams?: boolean;
}

export interface CheckoutOptions extends StepOptions {
  /**
   * Where the source goes: a folder below the build's own.
   * @defaultValue the build's folder
   */
  readonly folder?: string;
}

/** Runs a command. Made by {@link sh}. */
export interface ShStep extends ShOptions {
  readonly kind: 'sh';
  readonly command: string | readonly Text[];
}

/** Puts the source into the build's folder. Made by {@link checkout}. */
export interface CheckoutStep extends CheckoutOptions {
  readonly kind: 'checkout';
}

export type Step = ShStep | CheckoutStep;

/**
 * Runs a command; the step fails when the command does not exit with 0.
 *
 * - An argument list is run as it is, without a shell: `sh(['npm', 'test'])`. Late values may stand in it:
 *   `sh(['echo', property('version')])`.
 * - A line is given to `/bin/sh -c`: `sh('npm ci && npm test')`. It sees each property as an environment
 *   variable (`$MILLRACE_PROP_...`) and is never put together from them, so that nobody's branch name or
 *   property becomes code.
 */
export function sh(command: string | readonly Text[], options: ShOptions = {}): ShStep {
  return { ...options, kind: 'sh', command };
}

/**
 * Puts the builder's repository, at the exact revision of the build, into the build's folder. The worker
 * keeps a mirror, so that only what is new is fetched.
 */
export function checkout(options: CheckoutOptions = {}): CheckoutStep {
  return { ...options, kind: 'checkout' };
}
