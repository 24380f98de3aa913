import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MillraceError } from '@millrace/kernel/errors';
import { FakeClock, settle } from '@millrace/testkit/fake-clock';
import { Rows } from '@millrace/testkit/rows';
import type { RowLog } from '@millrace/testkit/rows';
import { SeededRandom } from '@millrace/testkit/seeded-random';
import { ChunkReader } from '../logs/chunk-reader.ts';
import { LogFollower } from '../logs/follow.ts';
import { FreshOutput } from '../logs/fresh-output.ts';
import { lineByLine } from '../logs/line-splitter.ts';
import { LogLookers } from '../logs/log-watch.ts';
import { LogWakes } from '../logs/log-wakes.ts';
import { applyJournal } from '../store/operations/journal.ts';
import type { ApplyInput } from '../store/operations/journal.ts';
import { readLogEnd } from '../store/operations/read-logs.ts';
import { openSqliteInPlace } from '../store/sqlite/in-place.ts';
import type { Store } from '../store/store.ts';
import { storeForAgents } from '../workers/agent-store.ts';
import type { AgentStore } from '../workers/agent-store.ts';
import { handOnOutput } from './hand-on-output.ts';

/** A store whose records are handed on, where the test does not want it otherwise, and that counts what is read. */
class Scene {
  readonly clock = new FakeClock();
  readonly #store: Store = openSqliteInPlace({
    folder: null,
    clock: this.clock,
    random: new SeededRandom(1),
  });
  readonly fresh = new FreshOutput();
  readonly #agents: AgentStore = handOnOutput(storeForAgents(this.#store), this.fresh);
  /** Another master's records are not handed on here. */
  isOurs = true;
  looks = 0;
  readonly store: Store = {
    epoch: this.#store.epoch,
    do: async (operation, input) => {
      if (operation.name === 'logs.fromByte') this.looks += 1;
      const isHanded = operation.name === applyJournal.name && this.isOurs;
      return (isHanded ? this.#agents.apply(input as ApplyInput) : this.#store.do(operation, input)) as never;
    },
    read: (place, length) => this.#store.read(place, length),
    onSignal: (listen) => this.#store.onSignal(listen),
    close: () => this.#store.close(),
  };
  readonly wakes = new LogWakes(this.store);
  readonly follower = new LogFollower({
    chunks: new ChunkReader(this.store),
    fresh: this.fresh,
    wakes: this.wakes,
    lookers: new LogLookers({ watch: () => undefined }),
    clock: this.clock,
  });

  async log(): Promise<RowLog> {
    const build = await new Rows(this.store).build({ builder: 'linux' });
    await build.startStep(0);
    return build.openLog(0);
  }

  /** All that a follower is given until the log ends, or he leaves. */
  async text(log: RowLog, leave: AbortSignal, mayGoOn?: () => Promise<void>): Promise<string> {
    const part = await this.store.do(readLogEnd, { log: log.id });
    if (!part) throw new Error('no such log');
    const given: Uint8Array[] = [];
    for await (const one of this.follower.follow(part.log, 0, leave)) {
      if (one.kind === 'end') break;
      const pieces = one.pieces.flatMap((piece) => (piece.kind === 'lines' ? lineByLine(piece) : [piece]));
      for (const piece of pieces) if (piece.kind === 'bytes') given.push(piece.bytes);
      await mayGoOn?.();
    }
    return Buffer.concat(given).toString('latin1');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.wakes[Symbol.dispose]();
    await this.store.close();
    expect(this.clock.pending).toBe(0);
  }
}

let scene: Scene;
const staying = new AbortController().signal;
beforeEach(() => {
  scene = new Scene();
});
afterEach(() => scene[Symbol.asyncDispose]());

describe('output that is handed on', () => {
  test('is not read back from the store', async () => {
    const log = await scene.log();
    await log.print('before\n');
    const text = scene.text(log, staying);
    await settle();
    const { looks } = scene;
    for (let line = 0; line < 20; line++) {
      await log.print(`line ${line}\n`);
      await settle();
    }
    expect(scene.looks).toBe(looks);
    await log.close();
    expect(await text).toBe(`before\n${Array.from({ length: 20 }, (_, line) => `line ${line}\n`).join('')}`);
    expect(scene.looks).toBe(looks + 1);
  });

  test('comes once and in order with what another master recorded, however slowly it is taken', async () => {
    const act = fc.oneof(
      { weight: 4, arbitrary: fc.uint8Array({ minLength: 1 }).map((bytes) => Buffer.from(bytes)) },
      { weight: 1, arbitrary: fc.constant(Buffer.alloc(40_000, 'a line\n')) },
      { weight: 3, arbitrary: fc.constantFrom('settle', 'elsewhere', 'here', 'take', 'join', 'gap') },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 30 }), async (acts) => {
        await using scene = new Scene();
        const log = await scene.log();
        let take = (): void => undefined;
        const slowly = (): Promise<void> => new Promise((resolve) => (take = resolve));
        const quick = scene.text(log, staying);
        const slow = scene.text(log, staying, slowly);
        const late: Promise<string>[] = [];
        for (const one of acts) {
          if (typeof one !== 'string') await log.print(one);
          else if (one === 'settle') await settle();
          else if (one === 'take') take();
          else if (one === 'join') late.push(scene.text(log, staying));
          else if (one === 'gap') await log.gap(1, 9);
          else scene.isOurs = one === 'here';
        }
        await log.close();
        const isTaken = slow.then(() => true);
        do {
          take();
          await settle();
        } while (!(await Promise.race([isTaken, Promise.resolve(false)])));
        const bytes = acts.filter((one) => typeof one !== 'string');
        const expected = Buffer.concat(bytes).toString('latin1');
        for (const found of [await quick, await slow, ...(await Promise.all(late))])
          expect(found).toBe(expected);
      }),
      { numRuns: 60 },
    );
  });

  test('is what was committed, and nothing else', async () => {
    const log = await scene.log();
    const given: string[] = [];
    const following = scene.fresh.follow(1, 0, {
      give: (chunk) => given.push(Buffer.from(chunk.open()).toString()),
      look: () => given.push('look'),
    });
    await log.print('told\n');
    expect(given).toEqual(['told\n']);
    const records = new Uint8Array(8);
    const stale = scene.fresh.onTheWay(1, 0, records);
    expect(following.isComing).toBe(true);
    stale?.lost();
    expect(following.isComing).toBe(false);
    expect(given).toEqual(['told\n', 'look']);
    following.end();
    expect(scene.fresh.onTheWay(1, 0, records)).toBeUndefined();
    await log.print('unheard\n');
    expect(given.length).toBe(2);
  });

  test('is looked for where the store refused it', async () => {
    const failing = { ...storeForAgents(scene.store) };
    failing.apply = () => Promise.reject(new MillraceError('disk-full', 'no room'));
    const fresh = new FreshOutput();
    let looks = 0;
    fresh.follow(1, 0, { give: () => expect.unreachable(), look: () => (looks += 1) });
    const input = { build: 1, fence: 1, worker: 'w', session: 1, byte: 0, records: new Uint8Array(1) };
    await expect(handOnOutput(failing, fresh).apply(input)).rejects.toMatchObject({ code: 'disk-full' });
    failing.apply = () => Promise.resolve({ kind: 'fenced', message: 'not yours' });
    await handOnOutput(failing, fresh).apply(input);
    expect(looks).toBe(2);
  });
});
