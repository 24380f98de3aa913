import path from 'node:path';
import { assert } from '@millrace/kernel/assert';
import type { Clock } from '@millrace/kernel/clock';
import { Turns } from '@millrace/kernel/turns';
import { canonicalJson } from '../canonical-json.ts';
import type { Config, Planned, PlanInput } from '../config.ts';
import type { LoadedConfig } from '../config-in-force.ts';
import { ConfigError } from '../config-problem.ts';
import type { ConfigErrorCode } from '../config-problem.ts';
import { ConfigRunner } from './config-runner.ts';
import type { Outcome } from './config-runner.ts';
import type { ModuleSources } from './messages.ts';

export interface ConfigThreadOptions {
  /** The config's path. */
  readonly file: string;
  readonly clock: Clock;
  /** How long the config may take to be loaded. */
  readonly loadMsMax?: number;
  /** How long a `steps` function may take. */
  readonly planMsMax?: number;
  /** How many plans are remembered. */
  readonly plansMax?: number;
  /** How much memory the config's code may use. */
  readonly memoryMbMax?: number;
  /** Told what the config's code prints, up to a bound; by default nobody is. */
  readonly print?: (text: string) => void;
}

/** What has been loaded, and the thread that it runs in. */
interface Current {
  readonly config: Config;
  readonly sources: ModuleSources;
  runner: ConfigRunner;
}

/**
 * One version of a config, and the plans that its code makes. The code runs in a thread of its own, one call at a
 * time, so that a call that never returns costs that call alone: its thread is ended, and the next call gets
 * a new one with the code as it was loaded, whatever lies on the disk by then. To read the file again, make another:
 * nothing of this one's modules is left in it.
 */
export class ConfigThread implements LoadedConfig {
  readonly #file: string;
  readonly #options: ConfigThreadOptions;
  readonly #loadMsMax: number;
  readonly #planMsMax: number;
  readonly #plansMax: number;
  readonly #plans = new Map<string, Planned>();
  readonly #turns = new Turns();
  #current: Current | undefined;
  #closed = false;

  constructor(options: ConfigThreadOptions) {
    this.#file = path.resolve(options.file);
    this.#options = options;
    this.#loadMsMax = options.loadMsMax ?? 10_000;
    this.#planMsMax = options.planMsMax ?? 5_000;
    this.#plansMax = options.plansMax ?? 500;
  }

  /** A config that has been loaded. @throws ConfigError with all that is wrong; then nothing is left running. */
  static async open(options: ConfigThreadOptions): Promise<ConfigThread> {
    const thread = new ConfigThread(options);
    await thread.load();
    return thread;
  }

  /** Reads the config from the disk, once. @throws ConfigError with all that is wrong. */
  load(): Promise<Config> {
    return this.#turns.take(async () => {
      assert(this.#current === undefined, 'a version of a config is loaded once');
      this.#current = await this.#start(new Map());
      return this.#current.config;
    });
  }

  get(): Config {
    assert(this.#current !== undefined, 'a config is asked for after it was loaded');
    return this.#current.config;
  }

  plan(input: PlanInput): Promise<Planned> {
    return this.#turns.take(async () => {
      const key = canonicalJson(input);
      const known = this.#plans.get(key);
      if (known !== undefined) return known;
      const planned = await this.#make(input);
      if (planned.kind === 'planned') this.#remember(key, planned);
      return planned;
    });
  }

  sweep(): void {
    this.#current?.runner.sweep();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#current?.runner.end();
  }

  async #make(input: PlanInput): Promise<Planned> {
    const current = this.#current;
    assert(current !== undefined, 'a plan is asked for after the config was loaded');
    if (this.#closed) return failed('This version of the config is not in force any more.');
    try {
      if (!current.runner.alive) current.runner = (await this.#start(current.sources)).runner;
      // Closed while it was started again.
      if (this.#closed) await current.runner.end();
    } catch (thrown) {
      if (!(thrown instanceof ConfigError)) throw thrown;
      return failed(`The config could not be loaded again. ${thrown.message}`);
    }
    const outcome = await current.runner.ask({ type: 'plan', input }, this.#planMsMax);
    const who = `The steps function of builder "${input.builder}"`;
    if (outcome.kind === 'timeout')
      return failed(`${who} did not return within ${this.#planMsMax} ms (${this.#file}).`);
    if (outcome.kind === 'died') return failed(`${who} gave no steps: ${outcome.message} (${this.#file}).`);
    assert(outcome.answer.type === 'planned', 'a question about a plan is answered by one');
    return outcome.answer.planned;
  }

  /** A new thread with the config in it. @throws ConfigError */
  async #start(sources: ModuleSources): Promise<Current> {
    const runner = new ConfigRunner(this.#options);
    const outcome = await runner.ask({ type: 'load', file: this.#file, sources }, this.#loadMsMax);
    if (outcome.kind === 'answered' && outcome.answer.type === 'loaded') {
      const { config, generation, sources } = outcome.answer;
      return { config: frozen({ generation, ...config }), sources, runner };
    }
    await runner.end();
    throw this.#errorOf(outcome);
  }

  #errorOf(outcome: Outcome): ConfigError {
    const one = (code: ConfigErrorCode, message: string): ConfigError =>
      new ConfigError(code, this.#file, [{ path: '', message }]);
    if (outcome.kind === 'timeout')
      return one(
        'config-timeout',
        `it had not finished loading after ${this.#loadMsMax} ms; a loop that never ends, or an await for something that does not come?`,
      );
    if (outcome.kind === 'died') return one('config-threw', outcome.message);
    assert(outcome.answer.type === 'broken', 'a config is loaded or broken');
    return new ConfigError(outcome.answer.code, this.#file, outcome.answer.problems);
  }

  #remember(key: string, planned: Planned): void {
    this.#plans.set(key, planned);
    const [oldest] = this.#plans.keys();
    if (this.#plans.size > this.#plansMax && oldest !== undefined) this.#plans.delete(oldest);
  }
}

function failed(message: string): Planned {
  return { kind: 'failed', message };
}

function frozen<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) frozen(inner);
    Object.freeze(value);
  }
  return value;
}
