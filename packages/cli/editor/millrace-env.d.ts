// What a config may import from millrace, for editors. Written by `millrace init`; do not edit.
declare module 'millrace' {
  export type PropertyValue = string | number | boolean;
  export type OnSilence = 'retry' | 'stop' | 'wait';
  export type Result = 'skipped' | 'success' | 'warnings' | 'failure' | 'exception' | 'cancelled';
  export type RetriedResult = 'failure' | 'exception';
  export type FactName = 'os' | 'release' | 'architecture' | 'hostname' | 'image' | 'worker';
  /** Made by {@link changedFiles}, {@link stepResult}, `property('x').is('y')` and the like. */
  export interface Condition {
    readonly kind: string;
  }
  export type CheckoutMode = 'clobber' | 'fresh' | 'clean' | 'incremental';
  export type Scope = 'read' | 'write' | 'admin';
  export type Visibility = 'public' | 'private';

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
    readonly source: {
      readonly repository: string;
      readonly branch: string;
      readonly revision: string;
    } | null;
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
  export function defineConfig(config: ConfigDefinition): ConfigDefinition;
  /** Lets a machine in. The name `local` is the worker that `millrace up` starts. */
  export function worker(definition: WorkerDefinition): WorkerDefinition;
  /** Names a kind of build: of what, where, and its steps. */
  export function builder(definition: BuilderDefinition): BuilderDefinition;
  /** A scheduler: each new commit on one of the branches is built by these builders, at exactly its revision. */
  export function onChange(definition: Omit<OnChangeDefinition, 'kind'>): OnChangeDefinition;

  /** Where the master finds a secret: an environment variable of its process, or a file that it can read. */
  export type SecretSource =
    | {
        readonly env: string;
      }
    | {
        readonly file: string;
      };
  /** What a repository asks for before it lets anybody in. */
  export interface CredentialsDefinition {
    /** The private key for ssh, without a passphrase. A relative path is meant from the config's own folder. */
    readonly sshKeyFile?: string;
    /**
     * The keys of the hosts that ssh may trust: `ssh-keyscan HOST > FILE`, once you have checked them.
     * @defaultValue what ssh itself knows
     */
    readonly knownHostsFile?: string;
    /**
     * For https.
     * @defaultValue 'git', which the usual services take beside a token
     */
    readonly username?: string;
    /** The password or token for https: `{ env: 'APP_TOKEN' }` or `{ file: '/etc/millrace/app-token' }`. */
    readonly password?: SecretSource;
  }
  /** Where source comes from. Made by {@link repository}. */
  export interface RepositoryDefinition {
    /** Letters, digits, `.`, `_` and `-`. Its changes are known by this name: keep it. */
    readonly name: string;
    /**
     * Anything that git takes: a folder (a relative one is meant from the config's own folder), `https://...`,
     * `ssh://...`, `git@host:path`. Either this or `hg`.
     */
    readonly git?: string;
    /** Anything that Mercurial takes: a folder, `https://...`, `ssh://...`. Either this or `git`. */
    readonly hg?: string;
    /**
     * Watched for new commits: names of branches (of Mercurial also bookmarks), `*` for any part of one
     * (`release/*`).
     * @defaultValue none: the repository is built when somebody asks
     */
    readonly branches?: readonly string[];
    /**
     * Watched for new tags, in the same way (`v*`). A tag becomes a change on the branch `refs/tags/NAME`.
     * @defaultValue none
     */
    readonly tags?: readonly string[];
    /** For a repository that asks who comes. Nobody is ever prompted. */
    readonly credentials?: CredentialsDefinition;
    /**
     * How often it is looked at.
     * @defaultValue 500 for a folder, 30,000 for what lies elsewhere
     */
    readonly pollEveryMs?: number;
    /**
     * In which one fetch must be done.
     * @defaultValue 600,000
     */
    readonly fetchMsMax?: number;
    /**
     * Built where nobody names a branch.
     * @defaultValue the first of `branches` that has no `*`, else `main` (of Mercurial: `default`)
     */
    readonly defaultBranch?: string;
    /**
     * The page of a commit: `https://git.example.org/app/commit/{revision}`.
     * @defaultValue known for github.com, gitlab.com, codeberg.org and bitbucket.org
     */
    readonly commitLink?: string;
  }
  /** Says where source comes from, and which branches and tags are watched for what is new. */
  export function repository(definition: RepositoryDefinition): RepositoryDefinition;
  /** A service that tells of pushes at `/api/v1/hooks/NAME`. Made by {@link hook}. */
  export interface HookDefinition {
    /** The last part of its address. */
    readonly name: string;
    /** Who sends; `gitea` is Forgejo too. */
    readonly kind: 'github' | 'gitlab' | 'gitea';
    /** The secret that the service was given: it signs with it, or shows it. */
    readonly secret: SecretSource;
    /**
     * The name of the {@link repository} that it tells of.
     * @defaultValue the one whose address stands in the delivery
     */
    readonly repository?: string;
  }
  /** Lets GitHub, GitLab, Gitea or Forgejo tell of a push at once, so that nobody waits for the next look. */
  export function hook(definition: HookDefinition): HookDefinition;

  /**
   * A hash line that `millrace token` prints, alone or with the day on which the token ends: `2027-01-31` (its
   * first moment, UTC) or a time like `2027-01-31T18:00:00Z`.
   */
  export type TokenHashDefinition =
    | string
    | {
        readonly hash: string;
        readonly expiresAt?: string;
      };
  /** One hash, or two while a new token takes the place of the old one: both are valid. */
  export type TokenHashesDefinition = TokenHashDefinition | readonly TokenHashDefinition[];
  /** Who may call the API. Made by {@link token}. */
  export interface TokenDefinition {
    /** Who holds it: it stands in the record of what they did. */
    readonly name: string;
    /** The hash line that `millrace token` prints. */
    readonly hash: TokenHashesDefinition;
    /** `read`: see everything. `write`: force, cancel and retry too. `admin`: everything. */
    readonly scopes: readonly Scope[];
    /**
     * When it ends, where its hash does not say: `2027-01-31`, or a time like `2027-01-31T18:00:00Z`.
     * @defaultValue it does not
     */
    readonly expiresAt?: string;
  }
  /** Certificates for https and wss. Both are read again when they change; connections stay. */
  export interface TlsDefinition {
    /** A PEM file: the certificate, and those between it and its authority. */
    readonly cert: string;
    /** A PEM file: its private key. */
    readonly key: string;
  }
  /** Calls that go on for ever, each second, and how many may come at once. */
  export interface RateLimitDefinition {
    readonly perSecond: number;
    readonly burst: number;
  }
  /** Who calls more often is answered 429, with the time after which to try again. */
  export interface RateLimitsDefinition {
    /**
     * Of each address, for calls without a token.
     * @defaultValue 100 a second, 1,000 at once
     */
    readonly anonymous?: RateLimitDefinition;
    /**
     * Of each token.
     * @defaultValue 200 a second, 2,000 at once
     */
    readonly token?: RateLimitDefinition;
  }
  /** Lets a person or a program call the API from anywhere. `millrace token` makes a token and its hash. */
  export function token(definition: TokenDefinition): TokenDefinition;

  /** Where the master finds a secret, and who may have it. The value is read anew for each build. */
  export type SecretDefinition = (
    | {
        readonly env: string;
      }
    | {
        readonly file: string;
      }
  ) & {
    /**
     * Names of the builders that may use it, `*` for any part of one.
     * @defaultValue every builder of its levels of trust
     */
    readonly builders?: readonly string[];
    /**
     * The levels of trust whose builders may use it.
     * @defaultValue 'default'
     */
    readonly trust?: string | readonly string[];
  };

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
  export function sh(command: string | readonly Text[], options?: ShOptions): ShStep;
  /**
   * Puts the builder's repository, at the exact revision of the build, into the build's folder. The worker
   * keeps a mirror, so that only what is new is fetched.
   */
  export function checkout(options?: CheckoutOptions): CheckoutStep;
  /**
   * Sets a property of the build, for its later steps and for whoever looks at it:
   * `setProperty('tag', ['v', property('version')])`.
   */
  export function setProperty(
    name: string,
    value: PropertyValue | Text,
    options?: CommonOptions,
  ): SetPropertyStep;
  /**
   * Adds a link to the build and its page: `link('Preview', ['https://preview.example.org/', property('branch')])`.
   * An http or https address; values behind its beginning are percent-encoded.
   */
  export function link(label: string, url: Text, options?: CommonOptions): LinkStep;

  /** One of the values of an axis: a name, or an object that has one beside what else is to be known of it. */
  export type AxisValue =
    | string
    | {
        readonly name: string;
      };
  export type Axes = Readonly<Record<string, readonly AxisValue[]>>;
  /** One value of each axis. */
  export type Cell<Of extends Axes> = {
    readonly [Axis in keyof Of]: Of[Axis][number];
  };
  /** Names of values of some axes. */
  type CellPattern<Of extends Axes> = {
    readonly [Axis in keyof Of]?: string;
  };
  export interface MatrixDefinition<Of extends Axes> {
    /**
     * The builders' names: `{axis}` stands for the value's name, in which all that no builder's name may have becomes
     * `-`. Builders are known by their names: keep it.
     * @defaultValue the axes in their order, with `-` between them
     */
    readonly name?: string;
    readonly axes: Of;
    /** Cells that are not built: each that has all values of one of these patterns. */
    readonly exclude?: readonly CellPattern<Of>[];
    /** Cells beside those that the axes make, excluded by nothing. */
    readonly include?: readonly Cell<Of>[];
    /** The builder of one cell. */
    readonly builder: (cell: Cell<Of>) => Omit<BuilderDefinition, 'name'>;
  }
  /**
   * A builder for each combination of values: of platforms, branches and kinds, say.
   *
   * ```ts
   * builders: matrix({
   *   name: 'test-{platform}-{kind}',
   *   axes: {
   *     platform: [{ name: 'linux', workers: ['linux-1', 'linux-2'] }, { name: 'mac', workers: ['mac-1'] }],
   *     kind: ['debug', 'release'],
   *   },
   *   exclude: [{ platform: 'mac', kind: 'debug' }],
   *   builder: ({ platform, kind }) => ({
   *     repository: 'app',
   *     workers: platform.workers,
   *     steps: () => [checkout(), sh(['make', kind])],
   *   }),
   * })
   * ```
   *
   * The same axes make the same names in the same order.
   * @throws TypeError with all that is wrong: an axis without values, a name that the template does not know, two cells
   * of one name.
   */
  export function matrix<const Of extends Axes>(
    definition: MatrixDefinition<Of>,
  ): readonly BuilderDefinition[];

  /**
   * What is looked for in lines of output: a regular expression, or its text. In the syntax of RE2, whose time is linear
   * in the line: there are no look-around and no back-references. Of the flags only `i` means anything.
   */
  export type OutputPattern = string | RegExp;

  /** What goes when it is older than `days`, or not among the newest `count` of its builder. What is not said has no limit. */
  export interface RetentionLimit {
    /** Since its end; fractions are understood. */
    readonly days?: number;
    /** Builds of the builder. */
    readonly count?: number;
  }
  /** What is kept of a builder's builds. Nothing said: everything, for ever. */
  export interface BuilderRetention {
    /**
     * Builds with all that is theirs. One that runs, one that is to be tried again, and the last green one stay whatever
     * their age.
     */
    readonly builds?: RetentionLimit;
    /** The bytes of logs: the build stays, and says when its logs went. */
    readonly logs?: RetentionLimit;
  }
  /** What is kept. */
  export interface RetentionConfig extends BuilderRetention {
    /**
     * Events: who comes with an older cursor is told to begin anew. Null: for ever.
     * @defaultValue { days: 30 }
     */
    readonly events?: {
      readonly days: number | null;
    };
    /**
     * Changes that every scheduler has seen. Null: for ever.
     * @defaultValue { days: 365 }
     */
    readonly changes?: {
      readonly days: number | null;
    };
    /**
     * Workers that are in no config and not connected, and masters that have stopped. Null: for ever.
     * @defaultValue { days: 90 }
     */
    readonly workers?: {
      readonly days: number | null;
    };
  }

  /** What conditions can be asked of a value. One that is not there is like nothing and equal to nothing. */
  export interface Testable {
    /** It is one of these. Compared as text: `is(true)` holds for `'true'` too. */
    readonly is: (...values: readonly PropertyValue[]) => Condition;
    /** It is like one of these globs: `property('branch').isLike('release/**')`. */
    readonly isLike: (...globs: readonly string[]) => Condition;
    readonly isSet: () => Condition;
  }
  /**
   * The files that the change touched that is built. Globs: `*` and `?` for anything but `/`, `**` for anything,
   * `{a,b}` for either. Where nobody knows which files changed (a build that a person asked for, say), neither holds nor
   * does not hold what is asked of them, and the step runs.
   */
  export const changedFiles: {
    /** One of them is like one of the globs: `when: changedFiles.match('docs/**', '*.md')`. */
    readonly match: (...globs: readonly string[]) => Condition;
    /** Each of them is like one of the globs: `when: not(changedFiles.only('docs/**'))`. */
    readonly only: (...globs: readonly string[]) => Condition;
  };
  /** What an earlier step of the same build ended as, `skipped` too. */
  export function stepResult(name: string): ResultTestable;
  /** What the build would end as now. A step that waits for `failure` needs `always: true`. */
  export function buildResult(): ResultTestable;
  export interface ResultTestable {
    readonly is: (...results: readonly Result[]) => Condition;
  }
  /** What the worker that runs the build tells about itself: `workerFact('os').is('linux')`. */
  export function workerFact(name: FactName): Testable;
  /** The version of a tool that the worker found: `workerTool('node').isLike('24.*')`, `workerTool('hg').isSet()`. */
  export function workerTool(name: string): Testable;
  /** Each of them holds. */
  export function all(...of: readonly Condition[]): Condition;
  /** One of them holds. */
  export function any(...of: readonly Condition[]): Condition;
  /** It does not hold. */
  export function not(of: Condition): Condition;

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
  /** A property of the build: a late value, and what conditions are made of. */
  export type BuildProperty = LateValue & Testable;
  /** Text with late values in it; a list stands for its parts one after the other: `['--version=', property('version')]`. */
  export type Text = string | LateValue | readonly (string | LateValue)[];
  /**
   * The value that the build's property `name` has when the step starts, also when an earlier step sets it.
   * It stands in argument lists, in values of `env`, of properties and of links, and in conditions, nowhere else.
   *
   * ```ts
   * sh(['./deploy', '--to', property('target'), ['--tag=v', property('version')]], {
   *   when: property('target').is('staging', 'production'),
   * })
   * ```
   */
  export function property(name: string): BuildProperty;

  const secretBrand: unique symbol;
  /** The value of a secret, which no plan, log or page ever holds: see {@link secret}. */
  export type SecretValue = symbol & {
    readonly [secretBrand]: true;
  };
  /** Text of an environment variable: the only place where a secret may stand. */
  export type EnvironmentText = Text | SecretValue | readonly (string | LateValue | SecretValue)[];
  /** What a {@link SecretValue} is while the config runs. */
  export class SecretReference {
    readonly secret: string;
    constructor(name: string);
    [Symbol.toPrimitive](): never;
  }
  /**
   * The value of a secret that the config's `secrets` name. It stands in values of `env`, nowhere else: arguments can be
   * read by everybody on a machine. Wherever a command prints it, its log says `***`.
   *
   * ```ts
   * sh('npm publish', { env: { NODE_AUTH_TOKEN: secret('npm-token') } })
   * ```
   */
  export function secret(name: string): SecretValue;
}
