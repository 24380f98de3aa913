import type { Clock } from '@millrace/kernel/clock';
import { sleep } from '@millrace/kernel/clock';
import type { Readable } from 'node:stream';
import type { Api } from './checker.ts';
import { FrontDesk } from './front-desk.ts';
import type { MasterProcess } from './master-process.ts';
import type { World } from './world.ts';

/** What an API answered: JSON where it could be read as such. */
interface Answered {
  readonly statusCode: number;
  readonly rawPayload: Buffer;
  json(): unknown;
}

const answerWithinMs = 3_000;
const againMs = 300;

/**
 * Somebody at the API: asks whichever master lives, and asks again, with the same key, where the answer does
 * not come. Any status of 500 and above is asked again too; one below is the answer.
 */
export class SimulatedClient implements Api {
  readonly #world: World;
  readonly #clock: Clock;
  readonly #desk: FrontDesk;

  constructor(world: World) {
    this.#world = world;
    this.#clock = world.clock;
    this.#desk = new FrontDesk(world);
  }

  async json<Answer>(path: string): Promise<Answer> {
    const answer = await this.#ask({
      method: 'GET',
      url: `/api/v1${path}`,
      headers: { accept: 'application/json' },
    });
    if (answer.statusCode !== 200)
      throw new Error(`GET ${path}: ${answer.statusCode} ${answer.rawPayload.toString()}`);
    return answer.json() as Answer;
  }

  async bytes(path: string): Promise<Uint8Array | 'gone'> {
    const answer = await this.#ask({ method: 'GET', url: `/api/v1${path}`, headers: {} });
    if (answer.statusCode === 410) return 'gone';
    if (answer.statusCode !== 200)
      throw new Error(`GET ${path}: ${answer.statusCode} ${answer.rawPayload.toString()}`);
    return answer.rawPayload;
  }

  /** The answer, once there is one; undefined where the API says that it cannot be done. */
  async post<Answer>(path: string, body: unknown, key: string): Promise<Answer | undefined> {
    const headers = { 'content-type': 'application/json', 'idempotency-key': key };
    const payload = JSON.stringify(body);
    const answer = await this.#ask({ method: 'POST', url: `/api/v1${path}`, headers, payload });
    return answer.statusCode < 300 ? (answer.json() as Answer) : undefined;
  }

  /** What this master sends for as long as it lives; undefined where it does not answer; `gone`: it has expired. */
  async stream(path: string, master: MasterProcess): Promise<Readable | 'gone' | undefined> {
    const call = { method: 'GET', url: `/api/v1${path}`, payloadAsStream: true } as const;
    const answered = this.#desk
      .of(master)
      .inject(call)
      .then((answer) => {
        if (answer.statusCode === 410) return 'gone' as const;
        return answer.statusCode === 200 ? answer.stream() : undefined;
      })
      .catch(() => undefined);
    return await Promise.race([answered, sleep(this.#clock, answerWithinMs).then(() => undefined)]);
  }

  async #ask(call: {
    method: 'GET' | 'POST';
    url: string;
    headers: Record<string, string>;
    payload?: string;
  }): Promise<Answered> {
    for (;;) {
      const master = this.#world.livingMaster;
      if (master) {
        const answered = this.#desk
          .of(master)
          .inject(call)
          .then((answer) => (master.mortal.alive ? answer : undefined))
          .catch(() => undefined);
        const answer = await Promise.race([
          answered,
          sleep(this.#clock, answerWithinMs).then(() => undefined),
        ]);
        if (answer && answer.statusCode < 500) return answer;
      }
      await sleep(this.#clock, againMs);
    }
  }
}
