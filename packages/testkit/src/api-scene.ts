import { createApi } from '@millrace/master/api/server';
import { defaultRateLimits } from '@millrace/master/config/access-config';
import type { Api, ApiParts } from '@millrace/master/api/api';
import type { ResolvedRevision } from '@millrace/master/api/revision-resolver';
import type { BuilderConfig, Config } from '@millrace/master/config/config';
import { EventFeed } from '@millrace/master/events/event-feed';
import type { Store } from '@millrace/master/store/store';
import { openSqliteInPlace } from '@millrace/master/store/sqlite/in-place';
import { FreshOutput } from '@millrace/master/logs/fresh-output';
import { assert } from '@millrace/kernel/assert';
import type { Clock } from '@millrace/kernel/clock';
import { AnswerCheck } from './answer-check.ts';
import { FakeClock } from './fake-clock.ts';
import { repositoryConfigOf } from './repository-config.ts';
import { revisionOf, Rows } from './rows.ts';
import { SeededRandom } from './seeded-random.ts';

/** A builder of the repository `app`, on the worker `w1`. */
function builderConfig(name: string, other: Partial<BuilderConfig> = {}): BuilderConfig {
  return {
    name,
    description: null,
    tags: [],
    repository: 'app',
    branch: null,
    workers: ['w1'],
    priority: 0,
    onSilence: 'retry',
    retriesMax: 3,
    retryBackoffFirstMs: 1_000,
    properties: {},
    trust: 'default',
    visibility: 'private',
    privateProperties: [],
    ...other,
  };
}

const defaultConfig: Config = {
  generation: 'g1',
  lostAfterMs: 120_000,
  repositories: [repositoryConfigOf({ name: 'app' })],
  workers: [
    { name: 'w1', tokenHashes: [], trust: 'default' },
    { name: 'w2', tokenHashes: [], trust: 'default' },
  ],
  builders: [builderConfig('linux'), builderConfig('windows'), builderConfig('clean', { repository: null })],
  schedulers: [
    {
      name: 'on-main',
      kind: 'on-change',
      repository: 'app',
      branches: ['main'],
      builders: ['linux'],
      priority: 0,
    },
  ],
  hooks: [],
  tokens: [],
  secrets: [],
  publicRead: false,
  rateLimits: defaultRateLimits,
  tls: null,
};

export interface Called {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
  /** The body's JSON. */
  readonly body: never;
}

export interface CallOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The description is the same for every scene, and takes a while to make. */
let described: AnswerCheck | undefined;

/** The API over a store in memory, called without a network. Each answer is held to the API's description. */
export class ApiScene implements AsyncDisposable {
  /** What scenes are over: a file that tries the API on another store puts its own here. */
  static openStore = (clock: Clock): Store =>
    openSqliteInPlace({ folder: null, clock, random: new SeededRandom(1) });

  readonly clock = new FakeClock();
  readonly store: Store = ApiScene.openStore(this.clock);
  readonly rows = new Rows(this.store);
  readonly api: Api;
  /** What the repository says to the next questions, in turn; then that everything is at revision `a...`. */
  readonly resolutions: ResolvedRevision[] = [];
  readonly resolved: string[] = [];
  readonly watched: string[] = [];
  readonly troubles: unknown[] = [];
  /** What the master answers when it is asked to reload. */
  reload: ApiParts['reload'] = () => Promise.reject(new Error('nobody reloads here'));
  /** What taking a profile comes to. */
  takeProfile: ApiParts['takeProfile'] = () => Promise.resolve({ kind: 'running' });
  config: Config;

  constructor(given: { readonly config?: Partial<Config>; readonly parts?: Partial<ApiParts> } = {}) {
    this.config = { ...defaultConfig, ...given.config };
    this.api = createApi({
      store: this.store,
      clock: this.clock,
      config: { get: () => this.config },
      events: new EventFeed({
        store: this.store,
        clock: this.clock,
        onTrouble: (error) => this.troubles.push(error),
      }),
      revisions: {
        resolve: (_repository, wanted) => {
          this.resolved.push(wanted);
          const found: ResolvedRevision = { kind: 'found', revision: revisionOf('a'), branch: 'main' };
          return Promise.resolve(this.resolutions.shift() ?? found);
        },
      },
      master: 'm1',
      reload: (asked) => this.reload(asked),
      takeProfile: (asked) => this.takeProfile(asked),
      freshOutput: new FreshOutput(),
      logWatch: { watch: (build, log, on) => this.watched.push(`${build}/${log} ${on ? 'on' : 'off'}`) },
      readSecret: (source) => ('env' in source ? `secret of ${source.env}` : 'whsec_c2VjcmV0'),
      process: {
        eventLoopDelay: () => ({ p50: 0.001, p99: 0.002, max: 0.003 }),
        residentBytes: () => 1_000,
        cpuSeconds: () => 2,
      },
      pages: '/nowhere',
      ready: () => ({ ready: true }),
      onTrouble: (error) => this.troubles.push(error),
      ...given.parts,
    });
  }

  get(url: string, options: CallOptions = {}): Promise<Called> {
    return this.call('GET', url, options);
  }

  post(url: string, body: unknown = {}, options: CallOptions = {}): Promise<Called> {
    return this.call('POST', url, { ...options, body });
  }

  /** Calls below `/api/v1`; an address that begins with `//` is taken from the root. */
  async call(method: 'GET' | 'POST' | 'HEAD', url: string, options: CallOptions = {}): Promise<Called> {
    described ??= new AnswerCheck((await this.api.inject('/api/v1/openapi.json')).json());
    const whole = url.startsWith('//') ? url.slice(1) : `/api/v1${url}`;
    const answer = await this.api.inject({
      method,
      url: whole,
      headers: {
        ...(options.body !== undefined && { 'content-type': 'application/json' }),
        ...options.headers,
      },
      ...(options.body !== undefined && {
        payload: typeof options.body === 'string' ? options.body : JSON.stringify(options.body),
      }),
    });
    const type = answer.headers['content-type'] ?? '';
    const isDescribed = !(answer.statusCode === 404 && answer.body.includes('unknown-call'));
    if (method !== 'HEAD' && isDescribed && !type.startsWith('text/html'))
      described.check({ method, url: whole }, { status: answer.statusCode, type, body: answer.body });
    return {
      status: answer.statusCode,
      headers: answer.headers as Called['headers'],
      text: answer.body,
      body: (type.includes('json') ? JSON.parse(answer.body) : undefined) as never,
    };
  }

  /** Opens an event stream; the texts come as they are written. */
  async stream(url: string, headers: Readonly<Record<string, string>> = {}): Promise<StreamReader> {
    const answer = await this.api.inject({ url: `/api/v1${url}`, headers, payloadAsStream: true });
    assert(answer.statusCode === 200, `the stream began: ${answer.statusCode}`);
    return new StreamReader(answer.stream());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.api.close();
    await this.store.close();
    assert(this.clock.pending === 0, 'no timer is left');
    assert(this.troubles.length === 0, `nothing unforeseen happened: ${String(this.troubles[0])}`);
  }
}

export interface StreamedEvent {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: never;
}

/** Reads the events of a stream. */
export class StreamReader {
  #text = '';
  ended = false;

  constructor(stream: NodeJS.ReadableStream) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      this.#text += text;
    });
    stream.on('end', () => {
      this.ended = true;
    });
  }

  /** Everything that was written so far. */
  get text(): string {
    return this.#text;
  }

  /** The events that have come so far. */
  get events(): readonly StreamedEvent[] {
    return this.#text
      .split('\n\n')
      .filter((block) => block.includes('data: '))
      .map((block) => {
        const field = (name: string): string | undefined =>
          new RegExp(`^${name}: (.*)$`, 'mu').exec(block)?.[1];
        return {
          event: field('event') ?? 'message',
          id: field('id'),
          data: JSON.parse(field('data') ?? 'null') as never,
        };
      });
  }
}
