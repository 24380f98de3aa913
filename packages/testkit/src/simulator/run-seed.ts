import { sleep } from '@millrace/kernel/clock';
import type { Request } from '@millrace/protocol/api/requests';
import type { Worker } from '@millrace/protocol/api/workers';
import type { MillraceEvent } from '@millrace/protocol/event';
import { settle } from '../fake-clock.ts';
import { Asks } from './asks.ts';
import { check } from './checker.ts';
import type { Observed } from './checker.ts';
import { buryDeadPromises } from './dead-promises.ts';
import { EventFollower } from './event-follower.ts';
import { fail } from './faults.ts';
import { scenarioOf } from './scenario.ts';
import { SilenceLedger } from './silence-ledger.ts';
import { SimulatedClient } from './simulated-client.ts';
import type { Trace } from './trace.ts';
import { unplannable, World } from './world.ts';

export interface SeedRun {
  readonly seed: number;
  /** Sentences, one for each promise that was broken. Empty: the seed is green. */
  readonly broken: readonly string[];
  readonly trace: Trace;
  readonly builds: number;
  readonly faults: number;
  /** How much time passed in the simulated world. */
  readonly virtualMs: number;
}

/** After this much simulated time everything must have ended. */
const deadlineMs = 40 * 60_000;
/** After everything has ended, nothing may happen for so long. */
const quietMs = 40_000;
/** Who has come back has found its master within this: from then on nothing is written any more. */
const reconnectMs = 20_000;
/** Whatever a dead worker left behind must be gone so long after everything has ended. */
const cleanUpMs = 3 * 60_000;
/** How long, in the end, the whole record may take to be read. */
const answerMs = 10 * 60_000;
/** A request that may go and a slot that is free have found each other within this. */
const patienceMs = 2_500;

/** Runs one seed from beginning to end. `onLine` is told the trace as it happens. */
export async function runSeed(seed: number, onLine?: (line: string) => void): Promise<SeedRun> {
  const scenario = scenarioOf(seed);
  const world = new World(scenario);
  world.trace.onLine = onLine;
  const run = new Run(world);
  const comeBack = buryDeadPromises((error) =>
    world.trouble('world', 'a rejection that nobody looks at', error),
  );
  try {
    await run.toTheEnd();
    const broken = [...run.broken, ...(await run.judged())];
    return {
      seed,
      broken,
      trace: world.trace,
      builds: run.builds,
      faults: scenario.faults.length,
      virtualMs: world.clock.monotonicMs(),
    };
  } finally {
    await world.end();
    comeBack();
  }
}

class Run {
  readonly broken: string[] = [];
  builds = 0;
  readonly #world: World;
  readonly #client: SimulatedClient;
  readonly #silence: SilenceLedger;
  readonly #asks: Asks;
  readonly #followed: MillraceEvent[] = [];
  readonly #follower: EventFollower;
  /** Everything has ended; only what was left behind is still to go. */
  #quiet = false;
  #followedAll = false;
  #over = false;

  constructor(world: World) {
    this.#world = world;
    this.#client = new SimulatedClient(world);
    this.#silence = new SilenceLedger(world);
    this.#asks = new Asks(world, this.#client);
    this.#follower = new EventFollower(world, this.#client);
  }

  async toTheEnd(): Promise<void> {
    const { clock, scenario } = this.#world;
    this.#world.start();
    this.#silence.start();
    for (const ask of scenario.asks) clock.after(ask.atMs, () => void this.#asks.ask(ask));
    for (const fault of scenario.faults) clock.after(fault.atMs, () => fail(this.#world, fault));
    void this.#follow();
    void this.#follower.follow();
    void this.#watchWaiting();
    const lastFaultMs = Math.max(...scenario.faults.map(({ atMs }) => atMs));
    const looking = this.#untilOver(lastFaultMs).then(() => {
      this.#over = true;
    });
    while (!this.#over && clock.monotonicMs() < deadlineMs) await this.#world.tick();
    if (!this.#over)
      this.broken.push(`not everything had ended after ${deadlineMs / 1000} simulated seconds`);
    await Promise.race([looking, settle()]);
  }

  async judged(): Promise<string[]> {
    const { scenario, machines, troubles } = this.#world;
    const observed: Observed = {
      scenario,
      accepted: this.#asks.accepted,
      revisions: this.#asks.revisions,
      cancelledBuilds: this.#asks.cancelledBuilds,
      cancelledRequests: this.#asks.cancelledRequests,
      readLogs: this.#asks.readLogs,
      unplannable,
      drains: this.#world.drains,
      damages: new Map(machines.map(({ name, damages }) => [name, damages])),
      restored: new Set(machines.filter(({ restored }) => restored).map(({ name }) => name)),
      starts: new Map(machines.flatMap(({ starts }) => [...starts])),
      alive: machines.flatMap(({ platform }) => platform.alive),
      followed: this.#followed,
      heard: this.#follower.heard,
      slotDeaths: new Map(machines.map(({ name, slotDeaths }) => [name, slotDeaths])),
      mayHaveBeenSilent: (worker, at) => this.#silence.mayHaveBeenSilent(worker, at),
      troubles,
    };
    const judgement: { broken?: string[] } = {};
    void check(observed, this.#client).then(
      (found) => (judgement.broken = found),
      (error: unknown) => (judgement.broken = [`the record could not be read: ${String(error)}`]),
    );
    const giveUpMs = this.#world.clock.monotonicMs() + answerMs;
    while (judgement.broken === undefined && this.#world.clock.monotonicMs() < giveUpMs)
      await this.#world.tick();
    // The first step of a build need not be a command.
    this.builds = new Set([...observed.starts.keys()].map((key) => key.split('/')[0])).size;
    return judgement.broken ?? ['the record was never answered'];
  }

  /** Reads the event log from its beginning to the end of the run, coming again with the cursor. */
  async #follow(): Promise<void> {
    let cursor = '';
    while (!this.#followedAll) {
      const query = cursor === '' ? '' : `&after=${encodeURIComponent(cursor)}`;
      const page = await this.#client.json<{ items: MillraceEvent[] }>(`/events?limit=500${query}`);
      this.#followed.push(...page.items);
      cursor = page.items.at(-1)?.cursor ?? cursor;
      this.#followedAll = this.#over && page.items.length === 0;
      await sleep(this.#world.clock, this.#quiet ? 20_000 : 1_500);
    }
  }

  /** Where a request may go and a slot is free, they meet soon: no wake-up is lost. */
  async #watchWaiting(): Promise<void> {
    const { clock, scenario } = this.#world;
    const since = new Map<number, number>();
    for (;;) {
      await sleep(clock, 1_200);
      if (this.#quiet) return;
      const lives = this.#world.mastersSince;
      const { items: requests } = await this.#client.json<{ items: Request[] }>(
        '/requests?state=pending&limit=100',
      );
      if (requests.length === 0) {
        since.clear();
        continue;
      }
      const { items: workers } = await this.#client.json<{ items: Worker[] }>('/workers');
      const now = clock.now();
      const calm = lives === this.#world.mastersSince && this.#world.allMastersServe;
      for (const request of requests) {
        const may = scenario.builders.find(({ name }) => name === request.builder)?.workers ?? [];
        const free = workers.some(
          (one) => may.includes(one.name) && one.connected && one.accepts && one.builds.length < one.slots,
        );
        if (!calm || !free || request.notBefore > now) {
          since.delete(request.id);
          continue;
        }
        const first = since.get(request.id) ?? now;
        since.set(request.id, first);
        if (now - first > patienceMs) {
          const sentence = `request ${request.id} waited for ${now - first} ms although a slot was free`;
          this.broken.push(sentence);
          this.#world.trace.say('checker', sentence);
          since.delete(request.id);
        }
      }
      for (const id of since.keys()) if (!requests.some((one) => one.id === id)) since.delete(id);
    }
  }

  /** Some command runs still, or somebody who is away will come back. */
  get #unsettled(): boolean {
    const { machines, allMastersServe } = this.#world;
    return (
      !allMastersServe || machines.some(({ platform, reachable }) => platform.alive.length > 0 || !reachable)
    );
  }

  async #untilOver(lastFaultMs: number): Promise<void> {
    const { clock } = this.#world;
    const { accepted, revisions } = this.#asks;
    for (;;) {
      await sleep(clock, 4_000);
      if (!this.#asks.over || clock.monotonicMs() < lastFaultMs) continue;
      // One that is open says enough: the whole list costs more than all else that is asked for here.
      const left = await this.#client.json<{ items: Request[] }>('/requests?state=pending,claimed&limit=1');
      if (left.items.length > 0) continue;
      const { items } = await this.#client.json<{ items: Request[] }>('/requests?limit=1000');
      const expected = accepted.length + revisions.length * this.#world.scenario.builders.length;
      if (items.length < expected || items.some(({ state }) => state !== 'finished')) continue;
      this.#quiet = true;
      await sleep(clock, quietMs);
      const giveUpMs = clock.monotonicMs() + cleanUpMs;
      while (this.#unsettled && clock.monotonicMs() < giveUpMs) await sleep(clock, 5_000);
      await sleep(clock, reconnectMs);
      return;
    }
  }
}
