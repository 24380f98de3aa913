import type { ChangedFiles, Condition } from './condition.ts';
import type { PlannedPattern } from './pattern.ts';
import type { PropertyValue } from './property.ts';
import type { RepositoryCredentials, RepositoryKind } from './repository/credentials.ts';
import type { Result } from './result.ts';

/**
 * The steps of one build as data. Made by the config's code when the build is given out, stored by its
 * hash with the claim, and run by a slot without asking anybody.
 */
export interface Plan {
  readonly version: 1;
  /** What the build is of. Absent where a builder builds nothing from a repository. */
  readonly source?: PlannedSource;
  /** Only where a condition asks for them, and somebody told them. */
  readonly changedFiles?: ChangedFiles;
  readonly properties: Readonly<Record<string, PropertyValue>>;
  readonly env: Readonly<Record<string, EnvironmentTemplate>>;
  /** Names of all secrets that the plan uses. Their values come with the order to run it, and are in no plan. */
  readonly secrets?: readonly string[];
  readonly steps: readonly PlannedStep[];
  readonly onSilence: OnSilence;
  /** The builder's level of trust: what a worker keeps for later builds is kept apart by it. Absent: {@link defaultTrust}. */
  readonly trust?: string;
  /** Of the master's config, so that a slot whose builder says `stop` knows when. */
  readonly lostAfterMs: number;
}

export interface PlannedSource {
  /** Absent: `git`. */
  readonly kind?: RepositoryKind;
  /** The repository's name in the config, and where git finds it. */
  readonly repository: string;
  readonly url: string;
  /** Absent: it is entered with what the worker's machine has. */
  readonly credentials?: RepositoryCredentials;
  readonly branch: string;
  /** Absolute: 40 or 64 hex digits. */
  readonly revision: string;
}

/** What becomes of a build whose worker is silent for longer than `lostAfterMs`. */
export const onSilences = ['retry', 'stop', 'wait'] as const;
export type OnSilence = (typeof onSilences)[number];

/**
 * Text with late values: the parts stand one after the other, `{ property }` for the value that the
 * property has when the step starts. Only in argument lists and environment values, never in a shell line.
 */
export type Template = string | readonly (string | { readonly property: string })[];

/** The value of an environment variable: the only place where a secret may stand. */
export type EnvironmentTemplate =
  | string
  | readonly (string | { readonly property: string } | { readonly secret: string })[];

export type LogStream = 'combined' | 'stdout' | 'stderr';

/** Both in milliseconds; a limit that is absent does not hold. */
export interface PlannedLimits {
  readonly noOutputMs?: number;
  readonly totalMs?: number;
}
export type PlannedLimit = 'no-output' | 'total';

interface StepBase {
  /** Unique in the plan. */
  readonly name: string;
  readonly limits: PlannedLimits;
  /** How long a command's tree has between SIGTERM and SIGKILL. */
  readonly killGraceMs: number;
  /** The most that a log of this step keeps, before compression. */
  readonly logBytesMax: number;
  readonly env: Readonly<Record<string, EnvironmentTemplate>>;
  /** Run it also when an earlier step has failed. A cancelled build runs none of its later steps. */
  readonly always: boolean;
  /** What it prints and says is not for the public. Absent: it is, where its builder is. */
  readonly visibility?: 'private';
  /** Run it only where this holds. */
  readonly when?: Condition;
  /**
   * What a `failure` of it does to the build; absent: `stop`. `continue`: the later steps run, and the build fails in
   * the end. `warn`: they run, and to the build it counts as `warnings`. (An exception always stops it.)
   */
  readonly onFailure?: OnFailure;
  readonly retry?: PlannedRetry;
}

export type OnFailure = 'stop' | 'continue' | 'warn';

/** Run it again where it ended badly. */
export interface PlannedRetry {
  /** How often it runs at most, the first try among them: from 2 to {@link triesMax}. */
  readonly tries: number;
  /** Before the second try; before each further one twice as long, at most {@link backoffMsMax}. */
  readonly backoffMs: number;
  readonly results: readonly RetriedResult[];
  /** Of the failures only those with one of these exit codes. */
  readonly exitCodes?: readonly number[];
}
/** What a step may end as and be tried again: a cancel is somebody's decision. */
export const retriedResults = ['failure', 'exception'] as const satisfies readonly Result[];
export type RetriedResult = (typeof retriedResults)[number];
export const triesMax = 10;
export const backoffMsMax = 10 * 60_000;

/** When a command that succeeded has warnings all the same. */
interface PlannedWarnings {
  /** These exit codes are warnings, not a failure. */
  readonly exitCodes: readonly number[];
  /** Lines of output that are like one of these are counted: one is enough. */
  readonly patterns: readonly PlannedPattern[];
}

/** Part of a command's output becomes a property, where the command did not fail. */
export interface PlannedCapture {
  readonly property: string;
  /** Of the first line of any output that is like it; absent: all of stdout (or of all output), trimmed. */
  readonly pattern?: PlannedPattern;
}
export const capturesMax = 16;

/** Runs a command. */
export interface PlannedSh extends StepBase {
  readonly kind: 'sh';
  /** An argument list is run as it is; a line is given to `/bin/sh -c`. */
  readonly command: { readonly args: readonly Template[] } | { readonly line: string };
  /** Below the build's folder. */
  readonly folder: string;
  /** Two logs (`stdout`, `stderr`) instead of one in true order (`output`). */
  readonly separateStreams: boolean;
  readonly warnings?: PlannedWarnings;
  readonly captures?: readonly PlannedCapture[];
}

/** Puts the source's exact revision into a folder, by way of a mirror that the worker keeps. */
export interface PlannedCheckout extends StepBase {
  readonly kind: 'checkout';
  readonly folder: string;
  /** Absent: `fresh`. */
  readonly mode?: CheckoutMode;
  /** `direct`: the repository's own; `recursive`: theirs too. Absent: none. */
  readonly submodules?: 'direct' | 'recursive';
  /** Fetch what git-lfs keeps. Absent: its pointers stay. */
  readonly lfs?: boolean;
  /** So many commits of history, and no mirror. Absent: all of it. */
  readonly depth?: number;
}

/**
 * What becomes of what earlier builds left in the folder. `clobber`: the folder is removed and made anew; `fresh`:
 * all goes that is not of the revision; `clean`: ignored files stay; `incremental`: all stays that is not tracked.
 */
export const checkoutModes = ['clobber', 'fresh', 'clean', 'incremental'] as const;
export type CheckoutMode = (typeof checkoutModes)[number];

/** A build with this property set to true begins in an empty folder. */
export const clobberProperty = 'clobber';

/** Sets a property of the build. */
export interface PlannedSetProperty extends StepBase {
  readonly kind: 'set-property';
  readonly property: string;
  readonly value: { readonly constant: PropertyValue } | { readonly template: Template };
}

/** Adds a link to the build's page. */
export interface PlannedLink extends StepBase {
  readonly kind: 'link';
  readonly label: string;
  /** Once its values are in: an absolute http or https URL. */
  readonly url: Template;
}
export const linkLabelLengthMax = 100;
export const linkUrlLengthMax = 2_000;

export type PlannedStep = PlannedSh | PlannedCheckout | PlannedSetProperty | PlannedLink;

/** Defaults of DESIGN: 20 minutes without output, 1 GiB of log, 10 s between SIGTERM and SIGKILL. */
export const defaultLimits: PlannedLimits = { noOutputMs: 20 * 60_000 };
export const defaultLogBytesMax = 1024 ** 3;
export const defaultKillGraceMs = 10_000;
export const defaultLostAfterMs = 120_000;
/** The level of builders and workers that name none. */
export const defaultTrust = 'default';

/** A plan's own bound: the JSON text that is stored and sent. */
export const planBytesMax = 4 * 1024 ** 2;
