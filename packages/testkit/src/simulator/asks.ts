import { sleep } from '@millrace/kernel/clock';
import type { Clock } from '@millrace/kernel/clock';
import type { Build, Forced, Step } from '@millrace/protocol/api/builds';
import type { Request } from '@millrace/protocol/api/requests';
import type { ReadLog } from './checker.ts';
import { LogReader } from './log-reader.ts';
import type { Ask } from './scenario.ts';
import type { SimulatedClient } from './simulated-client.ts';
import { repositoryName, unplannable } from './world.ts';
import type { World } from './world.ts';

const ordinaryRevision = '7'.repeat(40);

/** What somebody asks of the API in one run, and what was accepted of it. */
export class Asks {
  readonly accepted: { key: string; requests: readonly number[] }[] = [];
  readonly revisions: string[] = [];
  readonly cancelledBuilds = new Set<number>();
  readonly cancelledRequests = new Set<number>();
  /** Logs that were followed to their end. */
  readonly readLogs: ReadLog[] = [];
  readonly #client: SimulatedClient;
  readonly #clock: Clock;
  readonly #logs: LogReader;
  #left: number;

  constructor(world: World, client: SimulatedClient) {
    this.#client = client;
    this.#clock = world.clock;
    this.#logs = new LogReader(world, client);
    this.#left = world.scenario.asks.length;
  }

  /** Every one was asked and answered. */
  get over(): boolean {
    return this.#left === 0;
  }

  async ask(ask: Ask): Promise<void> {
    switch (ask.kind) {
      case 'force':
        await this.#force(ask.builder, ordinaryRevision, ask.key);
        break;
      case 'force-unplannable':
        await this.#force(ask.builder, unplannable, ask.key);
        break;
      case 'change': {
        const change = { repository: repositoryName, branch: 'main', revision: ask.revision };
        for (const key of ask.twice ? ['first', 'second'] : ['first']) {
          await this.#client.post('/changes', change, `${ask.revision}-${key}`);
        }
        this.revisions.push(ask.revision);
        break;
      }
      case 'cancel-newest':
        await this.#cancelNewest();
        break;
      case 'cancel-waiting':
        await this.#cancelWaiting();
        break;
      case 'hold':
        await this.#hold(ask);
        break;
      case 'follow-log':
        await this.#followLog();
    }
    this.#left -= 1;
  }

  async #force(builder: string, revision: string, key: string): Promise<void> {
    const body = { branch: 'main', revision };
    const forced = await this.#client.post<Forced>(`/builders/${builder}/force`, body, key);
    if (forced) this.accepted.push({ key, requests: forced.requests });
  }

  /** One hold after the other: a resume that overtook its own pause would leave the worker held. */
  async #hold({ worker, act, forMs, key }: Extract<Ask, { kind: 'hold' }>): Promise<void> {
    await this.#client.post(`/workers/${worker}/${act}`, { reason: 'It is looked after' }, key);
    await sleep(this.#clock, forMs);
    await this.#client.post(`/workers/${worker}/resume`, {}, `${key}-resume`);
  }

  async #cancelNewest(): Promise<void> {
    const build = await this.#newest();
    if (build === undefined) return;
    const body = { message: 'not wanted' };
    if (await this.#client.post(`/builds/${build}/cancel`, body, `cancel-${build}`))
      this.cancelledBuilds.add(build);
  }

  async #cancelWaiting(): Promise<void> {
    const { items } = await this.#client.json<{ items: Request[] }>('/requests?state=pending&limit=1');
    const request = items[0]?.id;
    if (request === undefined) return;
    const body = { message: 'not wanted' };
    // It may have been given out meanwhile: then its build is cancelled.
    if (await this.#client.post(`/requests/${request}/cancel`, body, `cancel-request-${request}`))
      this.cancelledRequests.add(request);
  }

  async #followLog(): Promise<void> {
    const build = await this.#newest();
    if (build === undefined) return;
    const { items: steps } = await this.#client.json<{ items: Step[] }>(`/builds/${build}/steps`);
    const log = steps.flatMap(({ logs }) => logs).find(({ state }) => state === 'open');
    if (log !== undefined) this.readLogs.push(await this.#logs.read(build, log.id));
  }

  async #newest(): Promise<number | undefined> {
    const { items } = await this.#client.json<{ items: Build[] }>('/builds?state=running&limit=1');
    return items[0]?.id;
  }
}
