import { assert } from '@millrace/kernel/assert';
import { sleep } from '@millrace/kernel/clock';
import type { MillraceEvent } from '@millrace/protocol/event';
import type { SimulatedClient } from './simulated-client.ts';
import type { World } from './world.ts';

const lookMs = 500;

/** Listens to the event stream from its beginning as pages do, and comes again with the last `id` where its master goes away. */
export class EventFollower {
  /** In the order in which they came. */
  readonly heard: MillraceEvent[] = [];
  readonly #world: World;
  readonly #client: SimulatedClient;
  #last = 'start';

  constructor(world: World, client: SimulatedClient) {
    this.#world = world;
    this.#client = client;
  }

  /** Until the world ends. */
  async follow(): Promise<never> {
    for (;;) {
      await this.#once();
      await sleep(this.#world.clock, lookMs);
    }
  }

  /** As long as one master lives. */
  async #once(): Promise<void> {
    const master = this.#world.livingMaster;
    if (!master) return;
    const stream = await this.#client.stream(`/events?after=${encodeURIComponent(this.#last)}`, master);
    if (stream === undefined || stream === 'gone') return;
    let rest = '';
    const line = { over: false };
    stream.setEncoding('utf8');
    stream.on('data', (read: unknown) => {
      assert(typeof read === 'string', 'an encoding was set');
      const texts = (rest + read).split('\n\n');
      rest = texts.pop() ?? '';
      if (master.mortal.alive) for (const text of texts) this.#take(text);
    });
    for (const way of ['end', 'error', 'close']) stream.on(way, () => (line.over = true));
    while (!line.over && master.mortal.alive) await sleep(this.#world.clock, lookMs);
    stream.destroy();
  }

  #take(text: string): void {
    const lines = text.split('\n');
    const [id, data] = ['id: ', 'data: '].map((name) =>
      lines.find((line) => line.startsWith(name))?.slice(name.length),
    );
    if (id === undefined || data === undefined) return;
    this.#last = id;
    if (!lines.includes('event: ready')) this.heard.push(JSON.parse(data) as MillraceEvent);
  }
}
