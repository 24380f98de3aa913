import { sleep } from '@millrace/kernel/clock';
import { assert } from '@millrace/kernel/assert';
import type { ReadLog } from './checker.ts';
import type { SimulatedClient } from './simulated-client.ts';
import type { World } from './world.ts';

interface Piece {
  readonly byte: number;
  readonly text?: string;
  readonly base64?: string;
  readonly gap?: unknown;
}

const lookMs = 150;

/** Follows logs as a terminal does, and comes again with the last `id` where its master goes away. */
export class LogReader {
  readonly #world: World;
  readonly #client: SimulatedClient;

  constructor(world: World, client: SimulatedClient) {
    this.#world = world;
    this.#client = client;
  }

  /** From its first byte to its end. */
  async read(build: number, log: number): Promise<ReadLog> {
    const pieces: Uint8Array[] = [];
    const misplaced: string[] = [];
    let next = 0;
    let gapped = false;
    const reading = { ended: false, expired: false };
    const take = (event: string): void => {
      const fields = new Map(event.split('\n').map((line) => [before(line), after(line)]));
      if (fields.get('event') === 'end') reading.ended = true;
      const data = fields.get('data');
      if (fields.get('event') === 'end' || data === undefined) return;
      const piece = JSON.parse(data) as Piece;
      const bytes = Buffer.from(
        piece.text ?? piece.base64 ?? '',
        piece.text === undefined ? 'base64' : 'utf8',
      );
      if (piece.byte !== next) misplaced.push(`byte ${piece.byte} came where ${next} was next`);
      gapped ||= piece.gap !== undefined;
      pieces.push(bytes);
      next = Number(fields.get('id'));
    };
    while (!reading.ended) {
      await this.#once(log, next, take, reading);
      if (!reading.ended) await sleep(this.#world.clock, lookMs);
    }
    return { build, log, bytes: Buffer.concat(pieces), misplaced, gapped, expired: reading.expired };
  }

  /** As long as one master lives and has something to say. */
  async #once(
    log: number,
    from: number,
    take: (event: string) => void,
    reading: { ended: boolean; expired: boolean },
  ): Promise<void> {
    const master = this.#world.livingMaster;
    if (!master) return;
    const stream = await this.#client.stream(`/logs/${log}/follow?from=${from}`, master);
    if (stream === undefined) return;
    if (stream === 'gone') {
      reading.ended = reading.expired = true;
      return;
    }
    let rest = '';
    const line = { over: false };
    stream.setEncoding('utf8');
    stream.on('data', (read: unknown) => {
      assert(typeof read === 'string', 'an encoding was set');
      const events = (rest + read).split('\n\n');
      rest = events.pop() ?? '';
      if (master.mortal.alive) for (const event of events) take(event);
    });
    for (const way of ['end', 'error', 'close']) stream.on(way, () => (line.over = true));
    while (!line.over && !reading.ended && master.mortal.alive) await sleep(this.#world.clock, lookMs);
    stream.destroy();
  }
}

function before(line: string): string {
  return line.slice(0, line.indexOf(':'));
}

function after(line: string): string {
  return line.slice(line.indexOf(':') + 1).trimStart();
}
