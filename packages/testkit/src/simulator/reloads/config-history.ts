import { defaultRateLimits } from '@millrace/master/config/access-config';
import type { BuilderConfig, Config, SchedulerConfig } from '@millrace/master/config/config';
import { defaultTrust } from '@millrace/protocol/plan';
import { repositoryConfigOf } from '../../repository-config.ts';
import type { SeededRandom } from '../../seeded-random.ts';

export const repositoryName = 'app';
export const branches = ['main', 'release-1', 'release-2', 'topic'] as const;
/** So few names that each of them goes and returns many times. */
const builderNames = names('builder', 8);
const schedulerNames = names('scheduler', 5);
export const workerNames = names('worker', 5);

/**
 * A config that somebody edits: each edit gives the next version, which has one to three things otherwise than the
 * one before. Builders always have workers and schedulers always have builders, as in every config that is valid.
 */
export class ConfigHistory {
  readonly #random: SeededRandom;
  /** Every version, by its generation. */
  readonly versions = new Map<string, Config>();
  #current: Config;

  constructor(random: SeededRandom) {
    this.#random = random;
    this.#current = this.#version({
      builders: builderNames.slice(0, 3).map((name) => this.#builder(name, workerNames.slice(0, 3))),
      workers: workerNames.slice(0, 3),
      schedulers: [],
      lostAfterMs: 30_000,
    });
    this.edit();
  }

  get current(): Config {
    return this.#current;
  }

  edit(): Config {
    for (let edits = this.#random.between(1, 3); edits > 0; edits--) this.#editOne();
    return this.#current;
  }

  /** A config with every name that there ever was, so that everything that waits can go. */
  complete(): Config {
    this.#current = this.#version({
      builders: builderNames.map((name) => this.#builder(name, workerNames)),
      workers: workerNames,
      schedulers: this.#current.schedulers,
      lostAfterMs: 30_000,
    });
    return this.#current;
  }

  #editOne(): void {
    const random = this.#random;
    const parts: Parts = { ...this.#current, workers: this.#current.workers.map(({ name }) => name) };
    const kind = random.pick([
      'builder',
      'builder',
      'worker',
      'scheduler',
      'scheduler',
      'lostAfterMs',
    ] as const);
    const act = random.pick(['add', 'add', 'remove', 'rename', 'change', 'change'] as const);
    if (kind === 'lostAfterMs')
      this.#current = this.#version({ ...parts, lostAfterMs: random.between(20, 60) * 1_000 });
    else if (kind === 'worker') this.#current = this.#version(this.#editWorkers(parts, act));
    else if (kind === 'builder') this.#current = this.#version(this.#editBuilders(parts, act));
    else this.#current = this.#version(this.#editSchedulers(parts, act));
  }

  #editWorkers(parts: Parts, act: Act): Parts {
    const { from, to } = this.#move(act, parts.workers, workerNames);
    const workers = moved(parts.workers, from, to);
    if (workers.length === 0) return parts;
    const builders = parts.builders.map((builder) => {
      const left = moved(builder.workers, from, builder.workers.includes(from ?? '') ? to : undefined);
      return { ...builder, workers: left.length > 0 ? left : workers };
    });
    return { ...parts, workers, builders };
  }

  #editBuilders(parts: Parts, act: Act): Parts {
    const known = parts.builders.map(({ name }) => name);
    const { from, to } = this.#move(act, known, builderNames);
    const kept = parts.builders.filter(({ name }) => name !== from);
    const builders = to === undefined ? kept : [...kept, this.#builder(to, this.#some(parts.workers))];
    if (builders.length === 0) return parts;
    const schedulers = parts.schedulers
      .map((scheduler) => ({
        ...scheduler,
        builders: moved(scheduler.builders, from, scheduler.builders.includes(from ?? '') ? to : undefined),
      }))
      .filter((scheduler) => scheduler.builders.length > 0);
    return { ...parts, builders, schedulers };
  }

  #editSchedulers(parts: Parts, act: Act): Parts {
    const known = parts.schedulers.map(({ name }) => name);
    const { from, to } = this.#move(known.length < 2 ? 'add' : act, known, schedulerNames);
    const kept = parts.schedulers.filter(({ name }) => name !== from);
    if (to === undefined || kept.length > 2) return { ...parts, schedulers: kept };
    const scheduler: SchedulerConfig = {
      name: to,
      kind: 'on-change',
      repository: repositoryName,
      branches: this.#some(branches),
      builders: this.#some(parts.builders.map(({ name }) => name)).slice(0, 2),
      priority: this.#random.between(0, 5),
    };
    return { ...parts, schedulers: [...kept, scheduler] };
  }

  /** Which name goes, and which comes: the same one where something is changed. */
  #move(act: Act, known: readonly string[], all: readonly string[]) {
    const free = all.filter((name) => !known.includes(name));
    const from = act === 'add' || known.length === 0 ? undefined : this.#random.pick(known);
    const fresh = free.length > 0 ? this.#random.pick(free) : undefined;
    if (act === 'remove') return { from, to: undefined };
    return { from, to: act === 'change' ? from : fresh };
  }

  #some<Item>(list: readonly Item[]): Item[] {
    const some = list.filter(() => this.#random.chance(0.5));
    return some.length > 0 ? some : [this.#random.pick(list)];
  }

  #builder(name: string, workers: readonly string[]): BuilderConfig {
    return {
      name,
      workers,
      description: `number ${this.#random.between(1, 1_000_000)}`,
      tags: [],
      repository: repositoryName,
      branch: null,
      priority: this.#random.between(0, 5),
      onSilence: 'retry',
      retriesMax: 3,
      retryBackoffFirstMs: 100,
      properties: {},
      trust: defaultTrust,
      visibility: 'private',
      privateProperties: [],
    };
  }

  #version({ builders, workers, schedulers, lostAfterMs }: Parts): Config {
    const config: Config = {
      generation: `g${this.versions.size}`,
      lostAfterMs,
      repositories: [repositoryConfigOf({ name: repositoryName, branches: [...branches] })],
      workers: workers.map((name) => ({ name, tokenHashes: [], trust: defaultTrust })),
      builders,
      schedulers,
      hooks: [],
      tokens: [],
      secrets: [],
      publicRead: false,
      rateLimits: defaultRateLimits,
      tls: null,
    };
    this.versions.set(config.generation, config);
    return config;
  }
}

type Act = 'add' | 'remove' | 'rename' | 'change';

interface Parts {
  readonly builders: readonly BuilderConfig[];
  readonly workers: readonly string[];
  readonly schedulers: readonly SchedulerConfig[];
  readonly lostAfterMs: number;
}

function names(of: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${of}-${index}`);
}

function moved(list: readonly string[], from: string | undefined, to: string | undefined): string[] {
  const kept = list.filter((name) => name !== from && name !== to);
  return to === undefined ? kept : [...kept, to];
}
