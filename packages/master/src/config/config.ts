import type { ChangedFiles } from '@millrace/protocol/condition';
import type { OnSilence, Plan } from '@millrace/protocol/plan';
import type { PropertyValue } from '@millrace/protocol/property';
import type { BuilderRetention, RetentionConfig } from './retention-config.ts';
import type { RateLimits, TlsConfig, TokenConfig, TokenHash, Visibility } from './access-config.ts';
import type { SecretConfig } from './secret-config.ts';
import type { HookConfig, RepositoryConfig } from './source-config.ts';

/**
 * What a config says, once it has been checked: frozen data, without the functions, which stay in the
 * config's own thread. Everything is known by its name.
 */
export interface Config {
  /** A hash of what the config says: the version of it that made a plan. */
  readonly generation: string;
  readonly lostAfterMs: number;
  readonly repositories: readonly RepositoryConfig[];
  readonly workers: readonly WorkerConfig[];
  readonly builders: readonly BuilderConfig[];
  readonly schedulers: readonly SchedulerConfig[];
  readonly hooks: readonly HookConfig[];
  readonly tokens: readonly TokenConfig[];
  readonly secrets: readonly SecretConfig[];
  /** Who has no token sees what is marked as public. */
  readonly publicRead: boolean;
  readonly rateLimits: RateLimits;
  /** Null: as the command line says, or none. */
  readonly tls: TlsConfig | null;
  /** The URL of the database that the record is kept in, where the command line names none; never with a password. */
  readonly store?: string;
  /** Absent: nothing is said, and the defaults hold. */
  readonly retention?: RetentionConfig;
}

export interface WorkerConfig {
  readonly name: string;
  /** Any of them lets it in; empty: this worker comes from loopback alone, without a token. */
  readonly tokenHashes: readonly TokenHash[];
  /** It runs builders of the same level. */
  readonly trust: string;
}

export interface BuilderConfig {
  readonly name: string;
  readonly description: string | null;
  readonly tags: readonly string[];
  readonly repository: string | null;
  readonly branch: string | null;
  /** Names of the workers that may run it. */
  readonly workers: readonly string[];
  readonly priority: number;
  readonly onSilence: OnSilence;
  /** How often a build that infrastructure broke is tried again. */
  readonly retriesMax: number;
  readonly retryBackoffFirstMs: number;
  readonly properties: Readonly<Record<string, PropertyValue>>;
  /** It runs on workers of the same level. */
  readonly trust: string;
  readonly visibility: Visibility;
  /** Before the config's own, part by part. */
  readonly retention?: BuilderRetention;
  /** Names of properties, or patterns with `*`, that the public does not see. */
  readonly privateProperties: readonly string[];
}

/** One kind so far: each change on a branch becomes a buildset. */
export interface SchedulerConfig {
  readonly name: string;
  readonly kind: 'on-change';
  readonly repository: string;
  /** Patterns; those of tags begin with `refs/tags/`. */
  readonly branches: readonly string[];
  readonly builders: readonly string[];
  readonly priority: number;
}

/** What a builder's `steps` function is told: everything that is known before a worker has it. */
export interface PlanInput {
  readonly builder: string;
  readonly source: { readonly repository: string; readonly branch: string; readonly revision: string } | null;
  /** Absent or null: nobody told which files the source's change touched. */
  readonly changedFiles?: ChangedFiles | null;
  readonly properties: Readonly<Record<string, PropertyValue>>;
}

export type Planned =
  | { readonly kind: 'planned'; readonly plan: Plan; readonly hash: string; readonly generation: string }
  /** The config's code threw, took too long or gave something that is no plan: a sentence with the place. */
  | { readonly kind: 'failed'; readonly message: string };

/** Turns a request into steps. Cached by generation and input. */
export interface Planner {
  plan(input: PlanInput): Promise<Planned>;
}

/** The config in force. */
export interface CurrentConfig {
  get(): Config;
}
