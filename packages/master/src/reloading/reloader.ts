import { sleep } from '@millrace/kernel/clock';
import type { Clock } from '@millrace/kernel/clock';
import { codeOf, messageOf, MillraceError } from '@millrace/kernel/errors';
import { Turns } from '@millrace/kernel/turns';
import type { ConfigDiff, Generation, Reloaded } from '@millrace/protocol/api/configs';
import { canonicalJson } from '../config/canonical-json.ts';
import type { Config, Planned } from '../config/config.ts';
import type { ConfigInForce, LoadedConfig } from '../config/config-in-force.ts';
import { ConfigError, problemLine } from '../config/config-problem.ts';
import type { ConfigProblem } from '../config/config-problem.ts';
import { diffConfigs } from '../config/diff/diff-configs.ts';
import { withoutPasswords } from '../config/diff/shown-value.ts';
import { samplePlans } from '../config/sample-plans.ts';
import { enterGeneration, lastGeneration, refuseGeneration } from '../store/operations/generations.ts';
import { readReloadFacts } from '../store/operations/reload-facts.ts';
import type { ReloadFacts } from '../store/operations/reload-facts.ts';
import type { Store } from '../store/store.ts';
import { consequencesOf, countsOf, gone } from './consequences.ts';

export interface ReloaderParts {
  /** This master's name. */
  readonly master: string;
  readonly store: Store;
  readonly config: ConfigInForce;
  /** The config's path, for people. */
  readonly file: string;
  /** Reads the config from the disk, as it is now. @throws ConfigError */
  readonly read: () => Promise<LoadedConfig>;
  /** What a config must allow that this process has begun with. @throws MillraceError */
  readonly mayServe: (config: Config) => void;
  readonly clock: Clock;
  readonly onTrouble: (error: unknown) => void;
}

export interface ReloadAsked {
  /** Who asks: the name of a token, `SIGHUP`. */
  readonly by: string | null;
  /** Compare, and put nothing in force. */
  readonly dryRun?: boolean;
}

export type ReloadAnswer =
  | Reloaded
  /** Nothing has changed. */
  | {
      readonly kind: 'refused';
      readonly code: string;
      readonly file: string;
      readonly problems: readonly ConfigProblem[];
    };

/** So long a scheduler that leaves may take to look at what has come before. */
const patienceMs = 5_000;
const askAgainMs = 50;
/** More are not queued: somebody asks in a loop. */
const waitingMax = 16;

/**
 * Brings configs into force, one after the other: the first at the start, then others while everything runs. A
 * config is read and tried beside the one in force, enters the store and this process as a whole, or not at all.
 */
export class Reloader {
  readonly #parts: ReloaderParts;
  readonly #turns = new Turns();
  readonly #begun = Promise.withResolvers<void>();
  #waiting = 0;

  constructor(parts: ReloaderParts) {
    this.#parts = parts;
  }

  /**
   * The config that this process has started with comes into force. To be awaited before anything else works; whoever
   * asks for a reload meanwhile, since a master listens before it is ready, waits for it.
   */
  async begin(): Promise<void> {
    await this.#start();
    this.#begun.resolve();
  }

  async #start(): Promise<void> {
    const { store, master, config } = this.#parts;
    const last = await store.do(lastGeneration, { master });
    const after = config.get();
    // As it was written down by the millrace of then: what today's does not know is told as gone.
    const before = last && { ...(JSON.parse(last.config) as Config), generation: last.generation };
    const changes = before ? diffConfigs(compared(before), compared(asKept(after))) : nothing;
    const diff = { ...changes, consequences: [] };
    await this.#enter({ how: 'start', by: null, before, after, diff, patient: false });
  }

  /** @throws MillraceError `reload-busy`; what goes wrong with the store. Nothing has changed then. */
  async reload(asked: ReloadAsked): Promise<ReloadAnswer> {
    if (this.#waiting >= waitingMax)
      throw new MillraceError(
        'reload-busy',
        `${waitingMax} reloads wait already. Ask again when they are done.`,
      );
    this.#waiting += 1;
    try {
      return await this.#turns.take(async () => {
        await this.#begun.promise;
        return this.#reload(asked);
      });
    } finally {
      this.#waiting -= 1;
    }
  }

  async #reload({ by, dryRun = false }: ReloadAsked): Promise<ReloadAnswer> {
    const { config, read, mayServe, clock, file } = this.#parts;
    const before = config.loaded;
    let next: LoadedConfig | undefined;
    let entered = false;
    try {
      next = await read();
      mustServe(mayServe, next.get(), file);
      const plans = await samplePlans(next, clock);
      const oldPlans = await samplePlans(before, clock);
      refuseBrokenSteps(file, next.get(), plans, oldPlans);
      const diff = await this.#compare(before.get(), next.get(), oldPlans, plans);
      const told = { file, before: before.get().generation, after: next.get().generation, diff };
      if (dryRun) return { kind: 'checked', ...told };
      const same = told.before === told.after && isEmpty(diff);
      await this.#swap(next, same ? null : { by, diff });
      entered = true;
      return { kind: same ? 'unchanged' : 'reloaded', ...told };
    } catch (thrown) {
      const refusal = refusalOf(thrown, file);
      if (refusal === undefined) throw thrown;
      if (!dryRun) await this.#tellRefused(by, refusal);
      return { kind: 'refused', ...refusal };
    } finally {
      if (!entered) await next?.close();
    }
  }

  async #compare(
    before: Config,
    after: Config,
    oldPlans: ReadonlyMap<string, Planned>,
    plans: ReadonlyMap<string, Planned>,
  ): Promise<ConfigDiff> {
    const facts: ReloadFacts = await this.#parts.store.do(readReloadFacts, undefined);
    const changes = diffConfigs({ config: before, plans: oldPlans }, { config: after, plans });
    return { ...changes, consequences: consequencesOf({ before, after, plans, facts }) };
  }

  /** Into the store and into force while nobody decides anything by the config. */
  async #swap(
    next: LoadedConfig,
    told: { readonly by: string | null; readonly diff: ConfigDiff } | null,
  ): Promise<void> {
    const { config, clock, onTrouble } = this.#parts;
    const giveUpMs = clock.monotonicMs() + patienceMs;
    for (;;) {
      const patient = clock.monotonicMs() < giveUpMs;
      const entered = await config.hold(async (before) => {
        if (told !== null) {
          const enters = { how: 'reload', ...told, before, after: next.get(), patient } as const;
          if ((await this.#enter(enters)) === 'behind') return false;
        }
        config.enter(next).catch(onTrouble);
        return true;
      });
      if (entered) return;
      // A change came that a scheduler which leaves has still to decide about.
      await sleep(clock, askAgainMs);
    }
  }

  async #enter(entering: {
    readonly how: Generation['how'];
    readonly by: string | null;
    readonly before: Config | undefined;
    readonly after: Config;
    readonly diff: ConfigDiff;
    readonly patient: boolean;
  }): Promise<'entered' | 'behind'> {
    const { how, by, before, after, diff, patient } = entering;
    const leaving = new Set(before ? gone(before.workers, after.workers) : []);
    const answer = await this.#parts.store.do(enterGeneration, {
      master: this.#parts.master,
      how,
      by,
      before: before?.generation ?? null,
      generation: after.generation,
      counts: countsOf(diff),
      diff,
      config: keptText(after),
      schedulers: after.schedulers.map(({ name }) => name),
      workers: after.workers.map(({ name }) => name),
      departed: (before?.workers ?? [])
        .filter(({ name }) => leaving.has(name))
        .map((worker) => ({ name: worker.name, entry: JSON.stringify(worker) })),
      repositoriesGone: before ? gone(before.repositories, after.repositories) : [],
      graceAnew: before !== undefined && before.lostAfterMs !== after.lostAfterMs,
      patient,
    });
    return answer.kind;
  }

  async #tellRefused(by: string | null, refusal: Refusal): Promise<void> {
    const { store, master, config } = this.#parts;
    const { code, problems } = refusal;
    const generation = config.get().generation;
    await store.do(refuseGeneration, { master, by, generation, code, problems: problems.map(problemLine) });
  }
}

interface Refusal {
  readonly code: string;
  readonly file: string;
  readonly problems: readonly ConfigProblem[];
}

const nothing = { settings: [], nouns: [], leftOff: 0 };

function compared(config: Config) {
  return { config, plans: new Map<string, Planned>() };
}

function isEmpty(diff: ConfigDiff): boolean {
  return diff.nouns.length + diff.settings.length === 0;
}

/**
 * Steps that cannot be made are a mistake like any other, where they could be made until now or are new. Those that
 * could not be made before either do not stand in the way of mending something else.
 */
function refuseBrokenSteps(
  file: string,
  config: Config,
  plans: ReadonlyMap<string, Planned>,
  before: ReadonlyMap<string, Planned>,
): void {
  const problems = config.builders.flatMap(({ name }, index): ConfigProblem[] => {
    const planned = plans.get(name);
    if (planned?.kind !== 'failed' || before.get(name)?.kind === 'failed') return [];
    return [{ path: `builders[${index}].steps`, message: planned.message }];
  });
  if (problems.length > 0) throw new ConfigError('config-invalid', file, problems);
}

/** A config that forbids what this process has begun with is refused like one with a mistake. */
function mustServe(mayServe: ReloaderParts['mayServe'], config: Config, file: string): void {
  try {
    mayServe(config);
  } catch (thrown) {
    if (codeOf(thrown) === undefined) throw thrown;
    throw new ConfigError('config-invalid', file, [{ path: '', message: messageOf(thrown) }]);
  }
}

/** What is wrong with the config itself; undefined: something else went wrong. */
function refusalOf(thrown: unknown, file: string): Refusal | undefined {
  return thrown instanceof ConfigError ? { code: thrown.code, file, problems: thrown.problems } : undefined;
}

/** What the store keeps of a config. The hashes stay: they say nothing, and are needed as they are. */
function keptText({ generation, ...config }: Config): string {
  void generation;
  return withoutPasswords(canonicalJson(config));
}

function asKept(config: Config): Config {
  return { ...(JSON.parse(keptText(config)) as Config), generation: config.generation };
}
