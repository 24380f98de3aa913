import { sleep } from '@millrace/kernel/clock';
import type { ReloadAnswer } from '@millrace/master/reloading/reloader';
import { query, row } from '@millrace/master/store/operation';
import { changesAdd } from '@millrace/master/store/operations/changes';
import { settle } from '../../fake-clock.ts';
import { SeededRandom } from '../../seeded-random.ts';
import { buryDeadPromises } from '../dead-promises.ts';
import { checkBuilds } from './check-builds.ts';
import { checkSchedulers } from './check-schedulers.ts';
import { branches, repositoryName } from './config-history.ts';
import { ReloadWorld } from './reload-world.ts';
import { readTold } from './told.ts';

export interface ReloadRun {
  /** Sentences, one for each promise that was broken. Empty: the seed is green. */
  readonly broken: readonly string[];
  readonly reloads: number;
  readonly refusals: number;
  readonly kills: number;
  readonly changes: number;
  readonly builds: number;
}

const reloadEveryMs = [20, 180] as const;
const changeEveryMs = [80, 170] as const;
const mistakeProbability = 0.05;
const killProbability = 0.05;
/** All lines break. */
const resetProbability = 0.05;
/** A change comes just before the reload: a scheduler that leaves has to look at it all the same. */
const closeProbability = 0.4;
const closeMsMax = 4;
/** After the last reload everything that waits has been built within this. */
const restMs = 120_000;

/** Runs one seed: so many reloads, with changes that arrive ten times a second, and then the rest. */
export async function runReloads(seed: number, reloads: number): Promise<ReloadRun> {
  const world = new ReloadWorld(seed);
  const comeBack = buryDeadPromises((error) =>
    world.trouble('world', 'a rejection that nobody looks at', error),
  );
  const run = new Run(world, seed);
  try {
    await run.toTheEnd(reloads);
    const told = await readTold(world.store);
    const broken = [
      ...run.broken,
      ...world.troubles,
      ...checkSchedulers(told, world.history.versions),
      ...checkBuilds(told, world.history.versions),
    ];
    const { reloaded, refusals, kills, changes } = run;
    return { broken, reloads: reloaded, refusals, kills, changes, builds: told.builds.length };
  } finally {
    await world.end();
    comeBack();
  }
}

const unfinished = query('test.unfinished', function* () {
  const found = yield* row<{ left: number }>(
    `select count(*) as left from requests where state <> 'finished'`,
  );
  return found?.left ?? 0;
});

class Run {
  readonly broken: string[] = [];
  reloaded = 0;
  refusals = 0;
  kills = 0;
  changes = 0;
  readonly #world: ReloadWorld;
  readonly #random: SeededRandom;
  #changing = true;
  #over = false;

  constructor(world: ReloadWorld, seed: number) {
    this.#world = world;
    this.#random = new SeededRandom(seed ^ 0xbeef);
  }

  async toTheEnd(reloads: number): Promise<void> {
    const { clock } = this.#world;
    void this.#change();
    const done = this.#reloadAll(reloads).then(
      () => (this.#over = true),
      (error: unknown) => {
        this.broken.push(`the run could not go on: ${String(error)}`);
        this.#over = true;
      },
    );
    const deadlineMs = reloads * reloadEveryMs[1] * 4 + restMs;
    while (!this.#over && clock.monotonicMs() < deadlineMs) await this.#world.tick();
    if (!this.#over)
      this.broken.push(`not everything had ended after ${deadlineMs / 1000} simulated seconds`);
    await Promise.race([done, settle()]);
  }

  async #change(): Promise<void> {
    while (this.#changing) {
      await sleep(this.#world.clock, this.#random.between(...changeEveryMs));
      await this.#addChange();
    }
  }

  async #addChange(): Promise<void> {
    this.changes += 1;
    await this.#world.store.do(changesAdd, {
      repository: repositoryName,
      branch: this.#random.pick(branches),
      revision: this.changes.toString(16).padStart(40, '0'),
      author: 'Ann',
      message: 'A change',
      committedAt: null,
      files: [],
    });
  }

  async #reloadAll(reloads: number): Promise<void> {
    const { clock, history } = this.#world;
    while (this.reloaded < reloads) {
      await sleep(clock, this.#random.between(...reloadEveryMs));
      if (this.#random.chance(resetProbability)) this.#world.network.reset(() => true);
      if (this.#random.chance(killProbability)) this.#kill();
      else if (this.#random.chance(mistakeProbability)) await this.#mistake();
      else {
        history.edit();
        if (this.#random.chance(closeProbability)) {
          await this.#addChange();
          await sleep(clock, this.#random.between(0, closeMsMax));
        }
        const answer = await this.#reload();
        if (answer?.kind === 'refused')
          this.broken.push(`a good config was refused: ${answer.problems[0]?.message}`);
        else if (answer !== undefined) this.reloaded += 1;
      }
    }
    this.#changing = false;
    history.complete();
    while ((await this.#reload())?.kind !== 'reloaded') await sleep(clock, 100);
    while ((await this.#world.store.do(unfinished, undefined)) > 0) await sleep(clock, 200);
    // Nothing comes after the end.
    await sleep(clock, 10_000);
  }

  #kill(): void {
    if (!this.#world.master.mortal.alive) return;
    this.kills += 1;
    this.#world.killMaster();
  }

  async #mistake(): Promise<void> {
    this.#world.isBroken = true;
    const answer = await this.#reload();
    this.#world.isBroken = false;
    if (answer === undefined) return;
    this.refusals += 1;
    if (answer.kind !== 'refused') this.broken.push(`a config with a mistake was ${answer.kind}`);
  }

  /** Undefined where the master died over it, or there is none. */
  #reload(): Promise<ReloadAnswer | undefined> {
    const { master } = this.#world;
    if (!master.mortal.alive) return Promise.resolve(undefined);
    return new Promise((resolve, reject) => {
      master.mortal.onDeath(() => resolve(undefined));
      master.reloader.reload({ by: 'somebody' }).then(resolve, reject);
    });
  }
}
