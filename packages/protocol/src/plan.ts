import type { PropertyValue } from './property.ts';

/**
 * The steps of one build as data. Made by the config's code when the build is given out, stored by its
 * hash with the claim, and run by a slot without asking anybody.
 */
export interface Plan {
  readonly version: 1;
  /** What the build is of. Absent where a builder builds nothing from a repository. */
  readonly source?: PlannedSource;
  readonly properties: Readonly<Record<string, PropertyValue>>;
  readonly env: Readonly<Record<string, Template>>;
  readonly steps: readonly PlannedStep[];
  readonly onSilence: OnSilence;
  /** The builder's level of trust: what a worker keeps for later builds is kept apart by it. Absent: {@link defaultTrust}. */
  readonly trust?: string;
  /** Of the master's config, so that a slot whose builder says `stop` knows when. */
  readonly lostAfterMs: number;
}

export interface PlannedSource {
  /** The repository's name in the config, and where git finds it. */
  readonly repository: string;
  readonly url: string;
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

export type LogStream = 'combined' | 'stdout' | 'stderr' | 'header';

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
  readonly env: Readonly<Record<string, Template>>;
  /** Run it also when an earlier step has failed. A cancelled build runs none of its later steps. */
  readonly always: boolean;
  /** What it prints and says is not for the public. Absent: it is, where its builder is. */
  readonly visibility?: 'private';
}

/** Runs a command. */
export interface PlannedSh extends StepBase {
  readonly kind: 'sh';
  /** An argument list is run as it is; a line is given to `/bin/sh -c`. */
  readonly command: { readonly args: readonly Template[] } | { readonly line: string };
  /** Below the build's folder. */
  readonly folder: string;
  /** Two logs (`stdout`, `stderr`) instead of one in true order (`output`). */
  readonly separateStreams: boolean;
}

/** Puts the source's exact revision into a folder, by way of a mirror that the worker keeps. */
export interface PlannedCheckout extends StepBase {
  readonly kind: 'checkout';
  readonly folder: string;
}

export type PlannedStep = PlannedSh | PlannedCheckout;

/** Defaults of DESIGN: 20 minutes without output, 1 GiB of log, 10 s between SIGTERM and SIGKILL. */
export const defaultLimits: PlannedLimits = { noOutputMs: 20 * 60_000 };
export const defaultLogBytesMax = 1024 ** 3;
export const defaultKillGraceMs = 10_000;
export const defaultLostAfterMs = 120_000;
/** The level of builders and workers that name none. */
export const defaultTrust = 'default';

/** A plan's own bound: the JSON text that is stored and sent. */
export const planBytesMax = 4 * 1024 ** 2;
