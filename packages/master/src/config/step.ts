import type { Condition } from '@millrace/protocol/condition';
import type { CheckoutMode, RetriedResult } from '@millrace/protocol/plan';
import type { PropertyValue } from '@millrace/protocol/property';
import type { Visibility } from './access-config.ts';
import type { Text } from './late-value.ts';
import type { OutputPattern } from './output-pattern.ts';
import type { EnvironmentText } from './secret.ts';

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
export interface CommonOptions {
  /** What people see. Unique in the builder; made from what it does where it is not given. */
  readonly name?: string;
  /**
   * Run it only where this holds when its turn comes: {@link changedFiles}, `property('x').is('y')`,
   * {@link stepResult}, {@link workerFact}, put together by {@link all}, {@link any} and {@link not}. Where it does
   * not, the step is skipped, and says why.
   */
  readonly when?: Condition;
  /**
   * Run it also when an earlier step has failed. (No step runs in a build that was cancelled.)
   * @defaultValue false
   */
  readonly always?: boolean;
  /**
   * When it fails, the later steps run all the same. The build still fails in the end.
   * @defaultValue false
   */
  readonly continueOnFailure?: boolean;
  /**
   * When it fails, the later steps run all the same, and to the build it counts as warnings.
   * @defaultValue false
   */
  readonly allowFailure?: boolean;
  /**
   * `private`: who has no token does not see what it runs, prints and says, though its builder is public. Its name
   * is seen.
   * @defaultValue 'public'
   */
  readonly visibility?: Visibility;
}

/** What a step that runs something can be told. */
export interface StepOptions extends CommonOptions {
  /** Of each try of it. */
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
  readonly env?: Readonly<Record<string, EnvironmentText>>;
  /** Try it again where it ends badly: how often, or how often and when. */
  readonly retry?: number | RetryOptions;
}

/** When a step is tried again. Each try has its own logs. */
export interface RetryOptions {
  /** How often it is tried again: from 1 to 9. */
  readonly times: number;
  /**
   * How long until the first of them; each further one waits twice as long, at most 10 minutes.
   * @defaultValue 1,000
   */
  readonly backoffMs?: number;
  /**
   * After which results: `failure` (the command failed, or took too long), `exception` (it could not be run).
   * @defaultValue both
   */
  readonly on?: readonly RetriedResult[];
  /** Of the failures only those with one of these exit codes. */
  readonly exitCodes?: readonly number[];
}

/** A property that is taken from what a command prints. */
export interface PropertyFromOutput {
  readonly name: string;
  /** Its first group in the first line that is like it; without one, all of stdout, trimmed. */
  readonly pattern?: OutputPattern;
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
  /** These exit codes are warnings, not a failure. */
  readonly warnOnExitCodes?: readonly number[];
  /** Lines of output that are like this are counted, and make `warnings` of a success: `/\bwarning:/i`. */
  readonly warnOnOutput?: OutputPattern | readonly OutputPattern[];
  /**
   * What the command prints becomes a property of the build, where it does not fail: `'version'` takes all of stdout,
   * trimmed, at most 64 KiB (and keeps stdout and stderr as two logs); `{ name, pattern }` takes a part of a line.
   * Where there is nothing to take the step fails.
   */
  readonly setProperty?: string | PropertyFromOutput | readonly (string | PropertyFromOutput)[];
}

export interface CheckoutOptions extends StepOptions {
  /**
   * Where the source goes: a folder below the build's own.
   * @defaultValue the build's folder
   */
  readonly folder?: string;
  /**
   * What becomes of what earlier builds left there:
   *
   * - `clobber`: the folder is removed and made anew;
   * - `fresh`: all goes that is not of the revision;
   * - `clean`: files that the repository ignores stay, such as objects for the next compiler run;
   * - `incremental`: all stays that the repository does not have; its own files are put back as they were.
   *
   * A build with the property `clobber` begins in an empty folder, whatever stands here
   * (`millrace force BUILDER --property clobber=true`).
   *
   * @defaultValue 'fresh'
   */
  readonly mode?: CheckoutMode;
  /**
   * The submodules too; `'recursive'`: theirs as well. Of Mercurial: its subrepositories.
   * @defaultValue false
   */
  readonly submodules?: boolean | 'recursive';
  /**
   * The files that git-lfs keeps elsewhere, which the worker must have installed. Without it their pointers are there.
   * @defaultValue false
   */
  readonly lfs?: boolean;
  /**
   * Only so many commits of history, fetched without the mirror that the worker keeps otherwise: for a repository so
   * large that its history is not wanted on the machine. git only.
   * @defaultValue all of it
   */
  readonly depth?: number;
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

/** Sets a property of the build. Made by {@link setProperty}. */
export interface SetPropertyStep extends CommonOptions {
  readonly kind: 'set-property';
  readonly property: string;
  readonly value: PropertyValue | Text;
}

/** Adds a link to the build's page. Made by {@link link}. */
export interface LinkStep extends CommonOptions {
  readonly kind: 'link';
  readonly label: string;
  readonly url: Text;
}

export type Step = ShStep | CheckoutStep | SetPropertyStep | LinkStep;

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

/**
 * Sets a property of the build, for its later steps and for whoever looks at it:
 * `setProperty('tag', ['v', property('version')])`.
 */
export function setProperty(
  name: string,
  value: PropertyValue | Text,
  options: CommonOptions = {},
): SetPropertyStep {
  return { ...options, kind: 'set-property', property: name, value };
}

/**
 * Adds a link to the build and its page: `link('Preview', ['https://preview.example.org/', property('branch')])`.
 * An http or https address; values behind its beginning are percent-encoded.
 */
export function link(label: string, url: Text, options: CommonOptions = {}): LinkStep {
  return { ...options, kind: 'link', label, url };
}
