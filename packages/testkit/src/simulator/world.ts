import { assert } from '@millrace/kernel/assert';
import { createHash } from 'node:crypto';
import { defaultRateLimits } from '@millrace/master/config/access-config';
import type { BuilderConfig, Config, Planned, PlanInput } from '@millrace/master/config/config';
import type { LoadedConfig } from '@millrace/master/config/config-in-force';
import { openSqliteInPlace } from '@millrace/master/store/sqlite/in-place';
import type { Store } from '@millrace/master/store/store';
import { dayMs } from '@millrace/master/model/retention';
import { repositoryConfigOf } from '../repository-config.ts';
import { FakeClock, settle } from '../fake-clock.ts';
import { loadedConfig } from '../fixed-config.ts';
import { ProcessKilled } from '../memory-disk.ts';
import type { Act } from '../scripted-command.ts';
import { SeededRandom } from '../seeded-random.ts';
import { commandOf } from './commands.ts';
import { MasterProcess } from './master-process.ts';
import type { Mortal } from './mortal.ts';
import { Network } from './network.ts';
import type { Fault, Scenario } from './scenario.ts';
import { simulatedPlan } from './simulated-plan.ts';
import type { MasterSurroundings } from './surroundings.ts';
import { Trace } from './trace.ts';
import { WorkerMachine } from './worker-machine.ts';

/** Thrown through an operation whose master dies at its commit. */
class Crash extends Error {}

type CommitCrash = Extract<Fault, { kind: 'crash-at-commit' }>;

/** What is not as the scenario's seed has it. */
export interface WorldChange {
  readonly random?: SeededRandom;
  /** The store as everybody in the world is given it. */
  readonly storeSeen?: (store: Store) => Store;
}

/** Everything that a run consists of: the store, the masters, the machines, the lines between, and time. */
export class World implements MasterSurroundings {
  readonly scenario: Scenario;
  readonly clock = new FakeClock();
  readonly random: SeededRandom;
  readonly trace: Trace;
  readonly network: Network;
  readonly store: Store;
  readonly config: Config;
  readonly machines: readonly WorkerMachine[];
  /** Things that production code reported as unexpected. The checker takes each for a fault. */
  readonly troubles: string[] = [];
  readonly #masters: { readonly name: string; life: number; process: MasterProcess | undefined }[];
  /** When a master began to cancel what ran, because it stopped. */
  readonly drains: number[] = [];
  /** Grows with each start and death of a master. */
  mastersSince = 0;
  #operating: Mortal | undefined;
  #crash: { fault: CommitCrash; commitsLeft: number } | undefined;

  constructor(scenario: Scenario, { random, storeSeen = (store) => store }: WorldChange = {}) {
    this.scenario = scenario;
    this.random = random ?? new SeededRandom(scenario.seed ^ 0x5eed);
    this.trace = new Trace(this.clock);
    this.network = new Network(this.clock, this.random.fork(), this.trace);
    const store = openSqliteInPlace({
      folder: null,
      clock: this.clock,
      random: this.random.fork(),
      hooks: {
        beforeCommit: () => this.#atCommit('before'),
        afterCommit: () => this.#atCommit('after'),
      },
    });
    this.store = storeSeen(store);
    this.config = configOf(scenario);
    this.machines = scenario.workers.map((worker) => new WorkerMachine(this, worker.name, worker.slots));
    this.#masters = Array.from({ length: scenario.masters }, (_, index) => ({
      name: `master-${index}`,
      life: 0,
      process: undefined,
    }));
  }

  start(): void {
    for (const [index] of this.#masters.entries()) this.startMaster(index);
    for (const machine of this.machines) machine.powerOn();
  }

  /** All masters live, and none of them is about to stop. */
  get allMastersServe(): boolean {
    return this.#masters.every(({ process }) => process?.mortal.alive && !process.stopping);
  }

  get masterNames(): readonly string[] {
    return this.#masters.map(({ name }) => name);
  }

  /** Some master that lives, for somebody who asks the API. */
  get livingMaster(): MasterProcess | undefined {
    return this.#masters.find(({ process }) => process?.mortal.alive)?.process;
  }

  startMaster(index: number): void {
    const master = this.#master(index);
    if (master.process?.mortal.alive) return;
    master.life += 1;
    this.mastersSince += 1;
    this.trace.say(master.name, `starts, life ${master.life}`);
    master.process = new MasterProcess(this, master.name, master.life);
  }

  killMaster(index: number, awayMs: number): void {
    const master = this.#master(index);
    if (!master.process?.mortal.alive) return;
    this.trace.say(master.name, `is killed, for ${awayMs} ms`);
    this.mastersSince += 1;
    master.process.mortal.kill();
    this.clock.after(awayMs, () => this.startMaster(index));
  }

  /** It stops in order, and comes again. Killed in the midst of it, it is no worse than killed before. */
  stopMaster(index: number, awayMs: number, drains: boolean): void {
    const master = this.#master(index);
    const { process } = master;
    if (!process?.mortal.alive) return;
    this.trace.say(master.name, drains ? 'stops, and cancels what runs' : 'stops in order');
    this.mastersSince += 1;
    if (drains) this.drains.push(this.clock.now());
    const startAgain = (): void => {
      if (master.process === process) this.clock.after(awayMs, () => this.startMaster(index));
    };
    process.stop(drains).then(startAgain, (error: unknown) => {
      if (process.mortal.alive) this.trouble(process.mortal.name, 'a master could not stop', error);
    });
  }

  /** Lets the next thing happen, and all that follows from it at once. */
  async tick(): Promise<void> {
    try {
      assert(this.clock.fireNext(), 'the world goes on');
    } catch (error) {
      // A process that died in the middle of what it did: nothing of it goes on.
      if (!(error instanceof ProcessKilled)) throw error;
    }
    await settle();
  }

  /** Everything is over: nothing of this world goes on. */
  async end(): Promise<void> {
    for (const { process } of this.#masters) process?.mortal.kill();
    for (const machine of this.machines) machine.end();
    await this.store.close();
  }

  crashAtCommit(fault: CommitCrash): void {
    this.#crash = { fault, commitsLeft: fault.commits };
  }

  onOperation(owner: Mortal, operation: string): void {
    this.#operating = owner;
    this.trace.say(owner.name, operation);
  }

  actsOf(build: number, step: number, attempt: number): readonly Act[] {
    return commandOf(this.scenario, build, step, attempt).acts;
  }

  trouble(who: string, what: string, error: unknown): void {
    const stack = error instanceof Error ? (error.stack ?? '') : '';
    this.trace.say(who, `TROUBLE ${what}`);
    this.troubles.push(`${who}: ${what}\n${stack}`);
  }

  get isAlone(): boolean {
    return this.scenario.masters === 1;
  }

  readConfig(): LoadedConfig {
    return loadedConfig(this.config, (input) => this.#planFor(input));
  }

  #planFor(input: PlanInput): Planned {
    const builder = this.scenario.builders.find(({ name }) => name === input.builder);
    assert(builder, 'only builders of the scenario are planned');
    if (input.source?.revision === unplannable) return { kind: 'failed', message: 'The config threw.' };
    const plan = simulatedPlan(builder, input, this.scenario.lostAfterMs);
    const hash = createHash('sha256').update(JSON.stringify(plan)).digest('hex');
    return { kind: 'planned', plan, hash, generation: this.config.generation };
  }

  #master(index: number) {
    const master = this.#masters[index % this.#masters.length];
    assert(master, 'there is a master');
    return master;
  }

  #atCommit(when: CommitCrash['when']): void {
    const crash = this.#crash;
    const owner = this.#operating;
    if (!crash || !owner?.alive || crash.fault.when !== when) return;
    crash.commitsLeft -= 1;
    if (crash.commitsLeft > 0) return;
    this.#crash = undefined;
    this.trace.say(owner.name, `crashes ${when} a commit`);
    const index = this.#masters.findIndex(({ process }) => process?.mortal === owner);
    this.killMaster(index, crash.fault.awayMs);
    throw new Crash(`crash ${when} a commit`);
  }
}

/** The repository that all of it is about. */
export const repositoryName = 'app';

/** Nobody can make a plan for it. */
export const unplannable = '8'.repeat(40);
/** A worker that the config knows and no builder names. */
export const outsider = 'drift';

function configOf(scenario: Scenario): Config {
  const builders = scenario.builders.map(({ name, workers, onSilence }): BuilderConfig => ({
    name,
    description: null,
    tags: [],
    repository: repositoryName,
    branch: 'main',
    workers,
    priority: 0,
    onSilence,
    retriesMax: 1_000,
    retryBackoffFirstMs: 500,
    properties: {},
    trust: 'default',
    visibility: 'private',
    privateProperties: [],
  }));
  return {
    generation: `seed-${scenario.seed}`,
    ...(scenario.logsKeptMs !== null && { retention: { logs: { days: scenario.logsKeptMs / dayMs } } }),
    lostAfterMs: scenario.lostAfterMs,
    repositories: [repositoryConfigOf({ name: repositoryName, url: '/nowhere' })],
    workers: [...scenario.workers.map(({ name }) => name), outsider].map((name) => ({
      name,
      tokenHashes: [],
      trust: 'default',
    })),
    builders,
    schedulers: [
      {
        name: 'every-push',
        kind: 'on-change',
        repository: repositoryName,
        branches: ['main'],
        builders: builders.map(({ name }) => name),
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
}
