import { sleep } from '@millrace/kernel/clock';
import { createHash } from 'node:crypto';
import type { Config, Planned, PlanInput } from '@millrace/master/config/config';
import type { LoadedConfig } from '@millrace/master/config/config-in-force';
import { ConfigError } from '@millrace/master/config/config-problem';
import { openSqliteInPlace } from '@millrace/master/store/sqlite/in-place';
import type { Store } from '@millrace/master/store/store';
import type { Plan } from '@millrace/protocol/plan';
import { FakeClock, settle } from '../../fake-clock.ts';
import { SeededRandom } from '../../seeded-random.ts';
import { MasterProcess } from '../master-process.ts';
import { Mortal } from '../mortal.ts';
import { Network } from '../network.ts';
import { Trace } from '../trace.ts';
import { ConfigHistory, workerNames } from './config-history.ts';
import { LightAgent } from './light-agent.ts';

const masterName = 'master';
const planMsMax = 15;
const awayMsMax = 1_500;

/** The store, one life of a master after the other, the agents, and a config file that somebody edits. */
export class ReloadWorld {
  readonly clock = new FakeClock();
  readonly random: SeededRandom;
  readonly trace = new Trace(this.clock);
  readonly network: Network;
  readonly store: Store;
  readonly history: ConfigHistory;
  readonly agents: readonly LightAgent[];
  /** What must not have happened. */
  readonly troubles: string[] = [];
  readonly isAlone = true;
  /** The file has a mistake in it. */
  isBroken = false;
  master: MasterProcess;
  #life = 0;

  constructor(seed: number) {
    this.random = new SeededRandom(seed);
    this.network = new Network(this.clock, this.random.fork(), this.trace);
    this.store = openSqliteInPlace({ folder: null, clock: this.clock, random: this.random.fork() });
    this.history = new ConfigHistory(this.random.fork());
    this.master = this.#start();
    this.agents = workerNames.map(
      (worker) =>
        new LightAgent({
          worker,
          slots: 4,
          connect: this.network.connector(new Mortal(worker), masterName),
          clock: this.clock,
          random: this.random.fork(),
          onTouched: (what) => this.troubles.push(what),
        }),
    );
    for (const agent of this.agents) agent.start();
  }

  /** The config as its file is now. */
  readConfig(): LoadedConfig {
    if (this.isBroken && this.master.mortal.alive)
      throw new ConfigError('config-invalid', 'millrace.config.ts', [
        { path: 'builders', message: 'is a mistake' },
      ]);
    const config = this.history.current;
    let closed = false;
    return {
      get: () => config,
      plan: async (input) => {
        // Of a sample it takes no time; of a build it takes a while, in which a reload may come.
        if (input.source?.revision !== '0'.repeat(40))
          await sleep(this.clock, this.random.between(0, planMsMax));
        return closed ? { kind: 'failed', message: 'Its thread was ended.' } : planFor(config, input);
      },
      sweep: () => undefined,
      close: async () => {
        closed = true;
      },
    };
  }

  killMaster(): void {
    this.master.mortal.kill();
    this.clock.after(this.random.between(10, awayMsMax), () => {
      this.master = this.#start();
    });
  }

  async tick(): Promise<void> {
    this.clock.fireNext();
    await settle();
  }

  async end(): Promise<void> {
    this.master.mortal.kill();
    await this.store.close();
  }

  trouble(who: string, what: string, error: unknown): void {
    this.troubles.push(`${who}: ${what}\n${error instanceof Error ? (error.stack ?? '') : ''}`);
  }

  onOperation(): void {
    // Nobody looks at single operations here.
  }

  #start(): MasterProcess {
    this.#life += 1;
    return new MasterProcess(this, masterName, this.#life);
  }
}

/** A plan that says which version made it. */
function planFor(config: Config, { builder, source }: PlanInput): Planned {
  const known = config.builders.find(({ name }) => name === builder);
  if (known === undefined)
    return { kind: 'failed', message: `${config.generation} has no builder "${builder}".` };
  const plan: Plan = {
    version: 1,
    ...(source ? { source: { ...source, url: '/app' } } : {}),
    properties: { builder, madeBy: config.generation, description: known.description ?? '' },
    env: {},
    steps: [],
    onSilence: known.onSilence,
    lostAfterMs: config.lostAfterMs,
  };
  const hash = createHash('sha256').update(JSON.stringify(plan)).digest('hex');
  return { kind: 'planned', plan, hash, generation: config.generation };
}
