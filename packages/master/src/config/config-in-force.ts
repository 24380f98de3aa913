import { assert } from '@millrace/kernel/assert';
import { Turns } from '@millrace/kernel/turns';
import type { Config, CurrentConfig, Planned, Planner, PlanInput } from './config.ts';

/** One version of the config with its code: what it says, and the plans that it makes. */
export interface LoadedConfig extends CurrentConfig, Planner {
  /** Has the garbage of its code collected. */
  sweep(): void;
  close(): Promise<void>;
}

/** The config in force, for those who must know when it has become another. */
export interface ChangingConfig extends CurrentConfig {
  /** Called after each change. Returns the way to stop. */
  onChange(listen: () => void): () => void;
  /**
   * Runs an act during which nobody changes the config: acts and changes come one after the other. For what must
   * see one config from its beginning to its commit; anything long makes a reload wait.
   */
  hold<Answer>(act: (config: Config) => Promise<Answer>): Promise<Answer>;
}

/**
 * The config in force and its code, and their replacement by others, both at once. The object that {@link get}
 * answers is frozen: who wants to know whether it is still in force compares the object itself.
 */
export class ConfigInForce implements ChangingConfig, Planner {
  readonly #turns = new Turns();
  readonly #listeners = new Set<() => void>();
  #loaded: LoadedConfig;

  constructor(first: LoadedConfig) {
    this.#loaded = first;
  }

  get(): Config {
    return this.#loaded.get();
  }

  get loaded(): LoadedConfig {
    return this.#loaded;
  }

  plan(input: PlanInput): Promise<Planned> {
    return this.#loaded.plan(input);
  }

  onChange(listen: () => void): () => void {
    this.#listeners.add(listen);
    return () => this.#listeners.delete(listen);
  }

  hold<Answer>(act: (config: Config) => Promise<Answer>): Promise<Answer> {
    return this.#turns.take(() => act(this.get()));
  }

  /** To be called within {@link hold}. The code that was in force until now is ended. */
  enter(next: LoadedConfig): Promise<void> {
    assert(next !== this.#loaded, 'another config comes into force');
    const before = this.#loaded;
    this.#loaded = next;
    for (const listen of this.#listeners) listen();
    return before.close();
  }

  sweep(): void {
    this.#loaded.sweep();
  }

  close(): Promise<void> {
    return this.#loaded.close();
  }
}
