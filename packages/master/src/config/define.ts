import type { PropertyValue } from '@millrace/protocol/property';
import type { OnSilence } from '@millrace/protocol/plan';
import type { Visibility } from './access-config.ts';
import type {
  RateLimitsDefinition,
  TlsDefinition,
  TokenDefinition,
  TokenHashesDefinition,
} from './define-access.ts';
import type { HookDefinition, RepositoryDefinition } from './define-source.ts';
import type { SecretDefinition } from './define-secret.ts';
import type { EnvironmentText } from './secret.ts';
import type { BuilderRetention, RetentionConfig } from './retention-config.ts';
import type { Step } from './step.ts';

/** A machine that runs builds. Made by {@link worker}. */
export interface WorkerDefinition {
  /** As in `millrace worker --name NAME`. */
  readonly name: string;
  /**
   * The hash line that `millrace token` prints; the worker itself is given the token. Without one, the worker
   * is let in from this machine alone. Two hashes are both valid, while one token takes the place of another.
   */
  readonly tokenHash?: TokenHashesDefinition;
  /**
   * A level of trust, by a name of your choice: it runs builders of the same level alone. Who can build on a
   * machine can read and leave there what its user can.
   * @defaultValue 'default'
   */
  readonly trust?: string;
}

/** What a builder's `steps` is told: all that is known before a worker has the build. */
export interface BuildInput {
  readonly builder: string;
  /** Null where the builder has no repository. */
  readonly source: { readonly repository: string; readonly branch: string; readonly revision: string } | null;
  /** The files that the source's change touched, the first 2,000 of them; null: nobody told. */
  readonly changedFiles: readonly string[] | null;
  /** The builder's own, and over them those of the buildset (`millrace force --property k=v`). */
  readonly properties: Readonly<Record<string, PropertyValue>>;
}

/**
 * Steps in their order. Lists in it are opened, so that functions can give several steps, and what is false, null or
 * undefined is left out: `[checkout(), install(), onMain && publish()]`.
 */
export type StepList = readonly (Step | StepList | false | null | undefined)[];

/** A named kind of build. Made by {@link builder}. */
export interface BuilderDefinition {
  /** Letters, digits, `.`, `_` and `-`. Its builds are known and numbered by this name: keep it. */
  readonly name: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  /** The name of the {@link repository} it builds. Without one it has nothing to check out. */
  readonly repository?: string;
  /**
   * Built where nobody names a branch.
   * @defaultValue the repository's `defaultBranch`
   */
  readonly branch?: string;
  /** Names of the workers that may run it. */
  readonly workers: readonly string[];
  /**
   * Among waiting builds the higher goes first, from -1000 to 1000.
   * @defaultValue 0
   */
  readonly priority?: number;
  /**
   * What becomes of a build whose worker is silent for longer than `lostAfterMs`:
   *
   * - `retry`: it is built anew elsewhere, and the old worker is refused when it returns. What the build does
   *   outside may happen twice;
   * - `stop`: the worker itself ends the commands before the retry starts: for deployments;
   * - `wait`: nothing, until the worker or a person speaks.
   *
   * @defaultValue 'retry'
   */
  readonly onSilence?: OnSilence;
  /**
   * How often a build that the infrastructure broke (not the code that was built) is tried again.
   * @defaultValue 3
   */
  readonly retriesMax?: number;
  /**
   * How long until the first retry; each further one waits twice as long.
   * @defaultValue 5,000
   */
  readonly retryBackoffFirstMs?: number;
  /** Properties of every build of it. */
  readonly properties?: Readonly<Record<string, PropertyValue>>;
  /**
   * A level of trust, by a name of your choice: it runs on workers of the same level alone, and shares no
   * mirrors or caches with another.
   * @defaultValue 'default'
   */
  readonly trust?: string;
  /**
   * Where the config says `publicRead`: `public` shows its builds, with their steps, logs and properties, to
   * who has no token.
   * @defaultValue 'private'
   */
  readonly visibility?: Visibility;
  /**
   * Names of properties, `*` for any part of one, that who has no token does not see, though it is public.
   * @defaultValue none
   */
  readonly privateProperties?: readonly string[];
  /** What is kept of its builds and logs: goes before the config's own, part by part. */
  readonly retention?: BuilderRetention;
  /** Environment variables of every step. */
  readonly env?: Readonly<Record<string, EnvironmentText>>;
  /**
   * What a build does. Called when a build is given out, in the config's own thread, and has 5 s to answer.
   *
   * ```ts
   * steps: () => [checkout(), sh('npm ci'), sh('npm test')]
   * ```
   */
  readonly steps: (build: BuildInput) => StepList | Promise<StepList>;
}

/** Each change on a branch becomes a buildset. Made by {@link onChange}. */
export interface OnChangeDefinition {
  readonly kind: 'on-change';
  /** It remembers by this name which changes it has seen: keep it. */
  readonly name: string;
  /** The name of the {@link repository} whose changes it takes. */
  readonly repository: string;
  /**
   * Names of branches, `*` for any part of one.
   * @defaultValue every branch that the repository watches, unless `tags` are named
   */
  readonly branches?: readonly string[];
  /**
   * Names of tags, in the same way. The repository must watch them, or be told of them.
   * @defaultValue every tag that the repository watches, unless `branches` are named
   */
  readonly tags?: readonly string[];
  /** Names of the builders that build each change. */
  readonly builders: readonly string[];
  /**
   * Added to the builders' own.
   * @defaultValue 0
   */
  readonly priority?: number;
}

export type SchedulerDefinition = OnChangeDefinition;

/** All that a config says. Made by {@link defineConfig}. */
export interface ConfigDefinition {
  readonly repositories?: readonly RepositoryDefinition[];
  readonly workers: readonly WorkerDefinition[];
  readonly builders: readonly BuilderDefinition[];
  readonly schedulers?: readonly SchedulerDefinition[];
  /** Services that tell of pushes. */
  readonly hooks?: readonly HookDefinition[];
  /** Without any, the API is open to this machine and the master refuses to listen on another address. */
  readonly tokens?: readonly TokenDefinition[];
  /**
   * What builds need to know and nobody is to read, by name: `{ 'npm-token': { env: 'NPM_TOKEN' } }`. Steps ask for
   * one with {@link secret}.
   */
  readonly secrets?: Readonly<Record<string, SecretDefinition>>;
  /**
   * Lets who has no token see the builders that are marked `visibility: 'public'`, also from other sites' pages.
   * @defaultValue false
   */
  readonly publicRead?: boolean;
  /** How often the API may be called. Nothing is limited while there are no tokens. */
  readonly rateLimits?: RateLimitsDefinition;
  /** Serve https and wss. `--tls-cert` and `--tls-key` go before it. */
  readonly tls?: TlsDefinition;
  /**
   * A worker that has not been heard of for so long, while a master listened, is lost: see `onSilence`.
   * @defaultValue 120,000
   */
  readonly lostAfterMs?: number;
  /**
   * A PostgreSQL to keep the record in, instead of the data folder: `postgres://user@host/database`. The command line's
   * `--store` and `MILLRACE_STORE` go before it. A password is given by the environment. Takes effect at the next start.
   */
  readonly store?: string;
  /** What is kept, and for how long; a builder may say otherwise. Nothing said: builds and logs, for ever. */
  readonly retention?: RetentionConfig;
}

/**
 * A whole config: the default export of `millrace.config.ts`.
 *
 * ```ts
 * import { builder, checkout, defineConfig, onChange, repository, sh, worker } from 'millrace';
 *
 * export default defineConfig({
 *   repositories: [repository({ name: 'app', git: '.', branches: ['main'] })],
 *   workers: [worker({ name: 'local' })],
 *   builders: [
 *     builder({
 *       name: 'check',
 *       repository: 'app',
 *       workers: ['local'],
 *       steps: () => [checkout(), sh('npm ci'), sh(['npm', 'test'], { name: 'tests' })],
 *     }),
 *   ],
 *   schedulers: [onChange({ name: 'every-push', repository: 'app', builders: ['check'] })],
 * });
 * ```
 *
 * Names that do not exist, doubles and the like are told by `millrace check`, all at once.
 */
export function defineConfig(config: ConfigDefinition): ConfigDefinition {
  return config;
}

/** Lets a machine in. The name `local` is the worker that `millrace up` starts. */
export function worker(definition: WorkerDefinition): WorkerDefinition {
  return definition;
}

/** Names a kind of build: of what, where, and its steps. */
export function builder(definition: BuilderDefinition): BuilderDefinition {
  return definition;
}

/** A scheduler: each new commit on one of the branches is built by these builders, at exactly its revision. */
export function onChange(definition: Omit<OnChangeDefinition, 'kind'>): OnChangeDefinition {
  return { ...definition, kind: 'on-change' };
}
