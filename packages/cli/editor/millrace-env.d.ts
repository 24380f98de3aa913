// What a config may import from millrace, for editors. Written by `millrace init`; do not edit.
declare module 'millrace' {
  export type PropertyValue = string | number | boolean;
  export type OnSilence = 'retry' | 'stop' | 'wait';
  export type Scope = 'read' | 'write' | 'admin';

  /** Where source comes from. Made by {@link repository}. */
  export interface RepositoryDefinition {
    /** Letters, digits, `.`, `_` and `-`. Its changes are known by this name: keep it. */
    readonly name: string;
    /**
     * Anything that git takes: a folder (a relative one is meant from the config's own folder), `https://...`,
     * `ssh://...`, `git@host:path`.
     */
    readonly git: string;
    /**
     * Watched for new commits: names of branches, `*` for any part of one (`release/*`).
     * @defaultValue none: the repository is built when somebody asks
     */
    readonly branches?: readonly string[];
    /**
     * How often it is looked at.
     * @defaultValue 500 for a folder, 30,000 for what lies elsewhere
     */
    readonly pollEveryMs?: number;
    /**
     * Built where nobody names a branch.
     * @defaultValue the first of `branches` that has no `*`, else `main`
     */
    readonly defaultBranch?: string;
  }
  /** A machine that runs builds. Made by {@link worker}. */
  export interface WorkerDefinition {
    /** As in `millrace worker --name NAME`. */
    readonly name: string;
    /**
     * The hash line that `millrace token` prints; the worker itself is given the token. Without one, the worker
     * is let in from this machine alone.
     */
    readonly tokenHash?: string;
  }
  /** What a builder's `steps` is told: all that is known before a worker has the build. */
  export interface BuildInput {
    readonly builder: string;
    /** Null where the builder has no repository. */
    readonly source: {
      readonly repository: string;
      readonly branch: string;
      readonly revision: string;
    } | null;
    /** The builder's own, and over them those of the buildset (`millrace force --property k=v`). */
    readonly properties: Readonly<Record<string, PropertyValue>>;
  }
  /** Steps in their order. What is false, null or undefined is left out: `onMain && sh('./publish')`. */
  export type StepList = readonly (Step | false | null | undefined)[];
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
    /** Environment variables of every step. */
    readonly env?: Readonly<Record<string, Text>>;
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
     * @defaultValue every branch that the repository watches
     */
    readonly branches?: readonly string[];
    /** Names of the builders that build each change. */
    readonly builders: readonly string[];
    /**
     * Added to the builders' own.
     * @defaultValue 0
     */
    readonly priority?: number;
  }
  export type SchedulerDefinition = OnChangeDefinition;
  /** Who may call the API. Made by {@link token}. */
  export interface TokenDefinition {
    /** Who holds it: it stands in the record of what they did. */
    readonly name: string;
    /** The hash line that `millrace token` prints. */
    readonly hash: string;
    /** `read`: see everything. `write`: force, cancel and retry too. `admin`: everything. */
    readonly scopes: readonly Scope[];
  }
  /** All that a config says. Made by {@link defineConfig}. */
  export interface ConfigDefinition {
    readonly repositories?: readonly RepositoryDefinition[];
    readonly workers: readonly WorkerDefinition[];
    readonly builders: readonly BuilderDefinition[];
    readonly schedulers?: readonly SchedulerDefinition[];
    /** Without any, the API is open to this machine and the master refuses to listen on another address. */
    readonly tokens?: readonly TokenDefinition[];
    /**
     * A worker that has not been heard of for so long, while a master listened, is lost: see `onSilence`.
     * @defaultValue 120,000
     */
    readonly lostAfterMs?: number;
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
  export function defineConfig(config: ConfigDefinition): ConfigDefinition;
  /** Says where source comes from, and which branches are watched for new commits. */
  export function repository(definition: RepositoryDefinition): RepositoryDefinition;
  /** Lets a machine in. The name `local` is the worker that `millrace up` starts. */
  export function worker(definition: WorkerDefinition): WorkerDefinition;
  /** Names a kind of build: of what, where, and its steps. */
  export function builder(definition: BuilderDefinition): BuilderDefinition;
  /** A scheduler: each new commit on one of the branches is built by these builders, at exactly its revision. */
  export function onChange(definition: Omit<OnChangeDefinition, 'kind'>): OnChangeDefinition;
  /** Lets a person or a program call the API from anywhere. `millrace token` makes a token and its hash. */
  export function token(definition: TokenDefinition): TokenDefinition;

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
  export function sh(command: string | readonly Text[], options?: ShOptions): ShStep;
  /**
   * Puts the builder's repository, at the exact revision of the build, into the build's folder. The worker
   * keeps a mirror, so that only what is new is fetched.
   */
  export function checkout(options?: CheckoutOptions): CheckoutStep;

  const lateBrand: unique symbol;
  /**
   * A value that is known only when the step starts: see {@link property}.
   *
   * The compiler is told that it is a kind of symbol, because a symbol is what it refuses to turn into text:
   * `sh(`deploy ${property('target')}`)` does not compile. At run time it is an object that refuses the same,
   * with a message that says what to do instead.
   */
  export type LateValue = symbol & {
    readonly [lateBrand]: true;
  };
  /** Text with late values in it; a list stands for its parts one after the other: `['--version=', property('version')]`. */
  export type Text = string | LateValue | readonly (string | LateValue)[];
  /**
   * The value that the build's property `name` has when the step starts, also when an earlier step sets it.
   * It stands in argument lists and in values of `env`, nowhere else.
   *
   * ```ts
   * sh(['./deploy', '--to', property('target'), ['--tag=v', property('version')]])
   * ```
   */
  export function property(name: string): LateValue;
}
