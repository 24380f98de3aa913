import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Build, BuildDetail, Forced, Step } from '@millrace/protocol/api/builds';
import type { Request } from '@millrace/protocol/api/requests';
import type { Worker } from '@millrace/protocol/api/workers';
import type { OnSilence } from '@millrace/protocol/plan';
import { freePort } from './free-port.ts';
import { kill9, processesWith } from './processes.ts';
import { Proxy } from './proxy.ts';
import { millrace, runMillrace } from './run-millrace.ts';
import type { EndedCommand } from './run-millrace.ts';
import { TestRepository } from './test-repository.ts';
import { until } from './until.ts';

export interface FleetOptions {
  readonly lostAfterMs?: number;
  readonly onSilence?: OnSilence;
  readonly slots?: number;
  /** Names of workers; the builder `main` may run on all of them. */
  readonly workers?: readonly string[];
  /** Agents reach the master through a line that can be broken. */
  readonly proxied?: boolean;
  /** The source of the builder's list of steps. */
  readonly steps: string;
  /** The text of a config instead of the usual one. */
  readonly config?: string;
  /** Files that hold secrets, below the fleet's folder, by the secrets' names. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** The URL of the database that the master keeps its record in; absent: in its data folder. */
  readonly store?: string;
}

/** Starts a fleet, on whatever store the tests are run over. */
export type StartFleet = (options: FleetOptions) => Promise<Fleet>;

/** A master, its workers and a repository, all real, on loopback, in a folder of their own. */
export class Fleet implements AsyncDisposable {
  readonly folder: string;
  readonly repository: TestRepository;
  readonly url: string;
  readonly #options: FleetOptions;
  readonly #port: number;
  readonly #proxy: Proxy | undefined;
  readonly #children = new Map<string, ChildProcess>();

  private constructor(options: FleetOptions, folder: string, port: number, proxy: Proxy | undefined) {
    this.#options = options;
    this.folder = folder;
    this.#port = port;
    this.#proxy = proxy;
    this.url = `http://127.0.0.1:${port}`;
    this.repository = new TestRepository(path.join(folder, 'repository'));
    fs.writeFileSync(this.#configFile, options.config ?? configText(options));
  }

  /** Starts everything, and waits until every worker is connected. */
  static async start(options: FleetOptions): Promise<Fleet> {
    const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-e2e-')));
    const port = await freePort();
    const proxy = options.proxied === true ? await Proxy.start(port) : undefined;
    const fleet = new Fleet(options, folder, port, proxy);
    try {
      await fleet.startMaster();
      for (const name of fleet.#workerNames) fleet.startWorker(name);
      for (const name of fleet.#workerNames) await fleet.connected(name);
    } catch (error) {
      await fleet[Symbol.asyncDispose]();
      throw error;
    }
    return fleet;
  }

  get proxy(): Proxy {
    if (!this.#proxy) throw new Error('This fleet was started without a proxy.');
    return this.#proxy;
  }

  // The processes.

  async startMaster(data = path.join(this.folder, 'master')): Promise<void> {
    const args = ['master', '--config', this.#configFile, '--data', data];
    const store = this.#options.store === undefined ? [] : ['--store', this.#options.store];
    this.#spawn('master', [...args, ...store, '--port', String(this.#port)]);
    await until('the master is ready', () => this.#ready(), 60_000).catch((error: unknown) => {
      throw new Error(`The master said: ${this.output('master')}`, { cause: error });
    });
  }

  startWorker(name = 'one'): void {
    const port = this.#proxy?.port ?? this.#port;
    const args = ['worker', '--master', `http://127.0.0.1:${port}`, '--name', name];
    this.#spawn(`worker ${name}`, [
      ...args,
      '--data',
      this.workerData(name),
      '--slots',
      String(this.#options.slots ?? 1),
    ]);
  }

  workerData(name = 'one'): string {
    return path.join(this.folder, `worker-${name}`);
  }

  connected(name = 'one'): Promise<Worker> {
    return until(`the worker ${name} is connected`, async () => {
      const { items } = await this.get<{ items: Worker[] }>('/workers');
      return items.find((worker) => worker.name === name && worker.connected);
    });
  }

  /** The ids of one kind of the worker's own processes. */
  pids(kind: 'supervisor' | 'agent' | 'slot', name = 'one'): number[] {
    // The supervisor is the process of the command itself.
    const program =
      kind === 'supervisor' ? /\/millrace\.js$/ : new RegExp(`(^|/)${kind}([/-]main)?\\.(ts|js)$`);
    return processesWith(this.workerData(name))
      .filter(({ args }) => args.some((arg) => program.test(arg)))
      .map(({ pid }) => pid);
  }

  /** Tells the master something, as a service manager does. */
  signalMaster(signal: NodeJS.Signals): void {
    this.#children.get('master')?.kill(signal);
  }

  killMaster(): void {
    const child = this.#children.get('master');
    if (child?.pid !== undefined) kill9(child.pid);
    this.#children.delete('master');
  }

  /** Kills every process of one kind; there must be one. */
  kill(kind: 'supervisor' | 'agent' | 'slot', name = 'one'): void {
    const pids = this.pids(kind, name);
    if (pids.length === 0) throw new Error(`There is no ${kind} of the worker ${name} to kill.`);
    for (const pid of pids) kill9(pid);
  }

  // What is asked of the master.

  async get<Answer>(route: string): Promise<Answer> {
    const response = await fetch(`${this.url}/api/v1${route}`, { headers: { accept: 'application/json' } });
    if (!response.ok) throw new Error(`GET ${route}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Answer;
  }

  async post<Answer>(route: string, body: unknown = {}): Promise<Answer> {
    const response = await fetch(`${this.url}/api/v1${route}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`POST ${route}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Answer;
  }

  /** Forces a build of `main` and answers its request's id. */
  async force(body: unknown = {}): Promise<number> {
    const { requests } = await this.post<Forced>('/builders/main/force', body);
    const [request] = requests;
    if (request === undefined) throw new Error('A force makes a request.');
    return request;
  }

  /** All builds of a request, oldest first. */
  async buildsOf(request: number): Promise<Build[]> {
    const { items } = await this.get<{ items: Build[] }>(`/builds?request=${request}`);
    return items.toReversed();
  }

  runningBuild(request: number): Promise<Build> {
    return until('the request is being built', async () =>
      (await this.buildsOf(request)).find((build) => build.state === 'running'),
    );
  }

  finishedRequest(request: number, withinMs = 120_000): Promise<Request> {
    return until(
      `request ${request} is finished`,
      async () => {
        const found = await this.get<Request>(`/requests/${request}`).catch(() => undefined);
        return found?.state === 'finished' ? found : undefined;
      },
      withinMs,
    );
  }

  detail(build: number): Promise<BuildDetail> {
    return this.get<BuildDetail>(`/builds/${build}`);
  }

  async steps(build: number): Promise<Step[]> {
    return (await this.get<{ items: Step[] }>(`/builds/${build}/steps`)).items;
  }

  /** The first log with this name in the build, once it is there. */
  async logId(build: number, name: string, withinMs = 20_000): Promise<number> {
    const log = await until(
      `the log ${name} of build ${build}`,
      async () => (await this.steps(build)).flatMap((step) => step.logs).find((one) => one.name === name),
      withinMs,
    );
    return log.id;
  }

  async raw(log: number): Promise<Uint8Array> {
    const response = await fetch(`${this.url}/api/v1/logs/${log}/raw`);
    if (!response.ok) throw new Error(`raw log ${log}: ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  }

  /** Runs a command of the CLI against this master, to its end. */
  cli(...args: readonly string[]): Promise<EndedCommand> {
    return runMillrace(this.folder, args, { MILLRACE_URL: this.url });
  }

  /** Stops everything in order, kills what stays, and tells what stayed. */
  async [Symbol.asyncDispose](): Promise<void> {
    const ends = [...this.#children.values()].map((child) => ended(child));
    for (const child of this.#children.values()) child.kill('SIGTERM');
    await Promise.race([Promise.all(ends), new Promise((resolve) => setTimeout(resolve, 15_000))]);
    for (const { pid } of processesWith(this.folder)) kill9(pid);
    await this.#proxy?.close();
    if (process.env.KEEP === undefined)
      fs.rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  /** What the processes of the fleet have said, for a test that failed. */
  output(name: string): string {
    return fs.readFileSync(path.join(this.folder, `${name.replace(' ', '-')}.out`), 'utf8');
  }

  get #workerNames(): readonly string[] {
    return this.#options.workers ?? ['one'];
  }

  get #configFile(): string {
    return path.join(this.folder, 'millrace.config.ts');
  }

  async #ready(): Promise<boolean> {
    const child = this.#children.get('master');
    if (child && child.exitCode !== null) throw new Error(`The master ended: ${this.output('master')}`);
    const response = await fetch(`${this.url}/readyz`).catch(() => undefined);
    return response?.ok ?? false;
  }

  #spawn(name: string, args: readonly string[]): void {
    const out = fs.openSync(path.join(this.folder, `${name.replace(' ', '-')}.out`), 'a');
    const child = spawn(process.execPath, [millrace, ...args], {
      cwd: this.folder,
      stdio: ['ignore', out, out],
    });
    fs.closeSync(out);
    this.#children.set(name, child);
  }
}

function secretSources({ secrets = {} }: FleetOptions): Record<string, { file: string }> {
  return Object.fromEntries(Object.entries(secrets).map(([name, file]) => [name, { file: `./${file}` }]));
}

function configText(options: FleetOptions): string {
  const names = options.workers ?? ['one'];
  return `
import { builder, checkout, defineConfig, onChange, repository, secret, sh, worker } from 'millrace';

export default defineConfig({
  lostAfterMs: ${options.lostAfterMs ?? 120_000},
  secrets: ${JSON.stringify(secretSources(options))},
  repositories: [repository({ name: 'app', git: './repository', branches: ['main', 'release-*'] })],
  workers: [${names.map((name) => `worker({ name: '${name}' })`).join(', ')}],
  builders: [
    builder({
      name: 'main',
      repository: 'app',
      workers: ${JSON.stringify(names)},
      onSilence: '${options.onSilence ?? 'retry'}',
      retryBackoffFirstMs: 200,
      steps: () => [${options.steps}],
    }),
  ],
  schedulers: [onChange({ name: 'every-push', repository: 'app', branches: ['main'], builders: ['main'] })],
});
`;
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
  });
}
