import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { zstdDecompressSync } from 'node:zlib';
import { MillraceError } from '@millrace/kernel/errors';
import { FakeClock, settle } from '@millrace/testkit/fake-clock';
import { Rows } from '@millrace/testkit/rows';
import type { RowLog } from '@millrace/testkit/rows';
import { SeededRandom } from '@millrace/testkit/seeded-random';
import { openSqliteInPlace } from '../store/sqlite/in-place.ts';
import type { Store } from '../store/store.ts';
import { ChunkReader } from './chunk-reader.ts';
import { FreshOutput } from './fresh-output.ts';
import { LogFollower } from './follow.ts';
import type { Followed } from './follow.ts';
import { zstdCompression } from './compression.ts';
import { logLine } from './log-line.ts';
import { lineByLine } from './line-splitter.ts';
import { LogMerger } from './log-merger.ts';
import { LogLookers } from './log-watch.ts';
import { LogWakes } from './log-wakes.ts';
import { RawLogs } from './raw-log.ts';
import { LinesReader, linesBytesMax } from './read-lines.ts';

/** A store with one running build, and everything that reads its logs. */
class Scene {
  readonly clock = new FakeClock();
  readonly store: Store = openSqliteInPlace({ folder: null, clock: this.clock, random: new SeededRandom(1) });
  readonly watched: string[] = [];
  readonly chunks = new ChunkReader(this.store);
  readonly lines = new LinesReader(this.store, this.chunks);
  readonly raw = new RawLogs(this.store, this.chunks);
  readonly wakes = new LogWakes(this.store);
  readonly lookers = new LogLookers({
    watch: (build, log, on) => this.watched.push(`${build}/${log} ${on ? 'on' : 'off'}`),
  });
  readonly fresh = new FreshOutput();
  readonly follower = new LogFollower({
    chunks: this.chunks,
    fresh: this.fresh,
    wakes: this.wakes,
    lookers: this.lookers,
    clock: this.clock,
  });

  async log(): Promise<RowLog> {
    const build = await new Rows(this.store).build({ builder: 'linux' });
    await build.startStep(0);
    return build.openLog(0);
  }

  async read(log: number, line: number, count: number) {
    const range = await this.lines.read(log, { line }, count);
    return { lines: range?.pieces.map(logLine), next: range?.next };
  }

  async rawBytes(log: number, start = 0, end?: number): Promise<Buffer> {
    const text = await this.raw.describe(log);
    if (!text) throw new Error('no such log');
    return collect(this.raw.read(text, start, end ?? text.length));
  }

  async followAll(log: RowLog, from = 0): Promise<Followed[]> {
    const text = await this.raw.describe(log.id);
    if (!text) throw new Error('no such log');
    const found: Followed[] = [];
    for await (const one of this.follower.follow(text.log, from, new AbortController().signal))
      found.push(one);
    return found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.wakes[Symbol.dispose]();
    await this.store.close();
    expect(this.clock.pending).toBe(0);
  }
}

async function collect(parts: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const found: Uint8Array[] = [];
  for await (const part of parts) found.push(part);
  return Buffer.concat(found);
}

const followedLines = (followed: readonly Followed[]) =>
  followed
    .flatMap((one) => (one.kind === 'end' ? [] : one.pieces))
    .flatMap((piece) => (piece.kind === 'lines' ? lineByLine(piece) : [piece]))
    .map(logLine);

const followedBytes = (followed: readonly Followed[]) =>
  Buffer.concat(
    followedLines(followed).map((line) =>
      line.base64 === undefined ? Buffer.from(line.text ?? '') : Buffer.from(line.base64, 'base64'),
    ),
  );

/** What a step prints at once. */
const print = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1 }).map((text) => Buffer.from(text)),
  fc.uint8Array({ minLength: 1 }).map((bytes) => Buffer.from(bytes)),
  fc.constantFrom('\n', 'a line\n', 'one\ntwo\nthree', '\r', '💧').map((text) => Buffer.from(text)),
);

let scene: Scene;
beforeEach(() => {
  scene = new Scene();
});
afterEach(() => scene[Symbol.asyncDispose]());

describe('lines of a log by number', () => {
  test('are joined over the borders of chunks', async () => {
    const log = await scene.log();
    for (const part of ['fir', 'st\nsec', 'ond\n', '\nfourth', ' and more']) await log.print(part);
    expect(await scene.read(log.id, 0, 100)).toEqual({
      lines: [
        { byte: 0, line: 0, text: 'first\n' },
        { byte: 6, line: 1, text: 'second\n' },
        { byte: 13, line: 2, text: '\n' },
        { byte: 14, line: 3, text: 'fourth and more' },
      ],
      next: undefined,
    });
    expect(await scene.read(log.id, 1, 1)).toEqual({
      lines: [{ byte: 6, line: 1, text: 'second\n' }],
      next: { byte: 13, line: 2 },
    });
    expect((await scene.read(log.id, -2, 5)).lines?.map((line) => line.line)).toEqual([2, 3]);
    expect((await scene.read(log.id, 99, 5)).lines).toEqual([]);
    expect(await scene.lines.read(12345, { line: 0 }, 1)).toBeUndefined();
  });

  test('any range of any log is what a split of its text says', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(print),
        fc.integer({ min: -8, max: 8 }),
        fc.nat(8),
        async (prints, from, count) => {
          await using scene = new Scene();
          const log = await scene.log();
          for (const bytes of prints) await log.print(bytes);
          const text = Buffer.concat(prints).toString('latin1');
          const expected = text.split(/(?<=\n)/u).filter((line) => line !== '');
          const start = from < 0 ? Math.max(0, expected.length + from) : from;
          const range = await scene.lines.read(log.id, { line: from }, count);
          const found = range?.pieces.map((piece) =>
            piece.kind === 'gap' ? '' : Buffer.from(piece.bytes).toString('latin1'),
          );
          expect(found).toEqual(expected.slice(start, start + count));
          expect(range?.next?.line).toBe(
            start + count < expected.length && start < expected.length ? start + count : undefined,
          );
        },
      ),
      { numRuns: 50 },
    );
  });

  test('a line of megabytes comes in answers of bounded size, and is whole', async () => {
    const log = await scene.log();
    const long = Buffer.alloc(linesBytesMax + 1_000_000, 'ä');
    await log.print(Buffer.concat([Buffer.from('short\n'), long, Buffer.from('\nend\n')]));
    const first = await scene.lines.read(log.id, { line: 0 }, 10);
    expect(first?.pieces.length).toBe(1);
    if (!first?.next) throw new Error('there is more');
    const second = await scene.lines.read(log.id, { place: first.next }, 10);
    expect(
      second?.pieces.map((piece) => [piece.line, piece.bytes instanceof Uint8Array && piece.bytes.length]),
    ).toEqual([[1, linesBytesMax]]);
    if (!second?.next) throw new Error('there is more');
    expect(second.next).toEqual({ byte: 6 + linesBytesMax, line: 1 });
    const third = await scene.lines.read(log.id, { place: second.next }, 10);
    expect(third?.pieces.map((piece) => piece.line)).toEqual([1, 2]);
    expect(third?.pieces.map(logLine).every((line) => line.text !== undefined)).toBe(true);
    expect(third?.next).toBeUndefined();
  });

  test('a gap is told in its place, and later lines keep their numbers', async () => {
    const log = await scene.log();
    await log.print('one\ntwo');
    await log.gap(10, 200);
    await log.print(' tail\nlast\n');
    await log.close();
    const after = [
      { byte: 7, line: 1, gap: { lines: 10, bytes: 200 } },
      { byte: 207, line: 11, text: ' tail\n' },
      { byte: 213, line: 12, text: 'last\n' },
    ];
    expect((await scene.read(log.id, 1, 100)).lines).toEqual([{ byte: 4, line: 1, text: 'two' }, ...after]);
    expect((await scene.read(log.id, 5, 100)).lines).toEqual(after);
    expect((await scene.read(log.id, -1, 100)).lines).toEqual(after.slice(2));
  });
});

describe('the raw text of a log', () => {
  test('is what was printed, and any range of it the same range', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(print), fc.nat(), fc.nat(), async (prints, one, other) => {
        await using scene = new Scene();
        const log = await scene.log();
        for (const bytes of prints) await log.print(bytes);
        const all = Buffer.concat(prints);
        expect(await scene.rawBytes(log.id)).toEqual(all);
        const [start, end] = [one, other]
          .map((at) => at % (all.length + 1))
          .sort((left, right) => left - right);
        expect(await scene.rawBytes(log.id, start, end)).toEqual(all.subarray(start, end));
      }),
      { numRuns: 50 },
    );
  });

  test('has a line where output was not kept, as stored and as text', async () => {
    const log = await scene.log();
    await log.print('head');
    await log.gap(1_234, 56_789);
    await log.print('tail\n');
    const text = 'head\n[millrace: 1,234 lines (56,789 bytes) of output were not kept]\ntail\n';
    expect((await scene.rawBytes(log.id)).toString()).toBe(text);
    expect((await scene.rawBytes(log.id, 3, 8)).toString()).toBe(text.slice(3, 8));
    const frames: string[] = [];
    for await (const frame of scene.raw.frames(log.id)) frames.push(zstdDecompressSync(frame).toString());
    expect(frames.join('')).toBe(text);
    expect(await scene.raw.describe(12345)).toBeUndefined();
  });
});

describe('opened chunks', () => {
  test('are kept for the next who asks for lines, and not for downloads', async () => {
    const log = await scene.log();
    for (const part of ['one\n', 'two\n', 'three\n']) await log.print(part);
    let reads = 0;
    const store: Store = {
      ...missing(scene.store, 0),
      read: (place, length) => {
        reads += 1;
        return scene.store.read(place, length);
      },
    };
    const chunks = new ChunkReader(store);
    const raw = new RawLogs(store, chunks);
    const text = await raw.describe(log.id);
    if (!text) throw new Error('no such log');
    const readsOf = async (read: () => Promise<unknown>): Promise<number> => {
      const before = reads;
      await read();
      return reads - before;
    };
    const download = (): Promise<Buffer> => collect(raw.read(text, 0, text.length));
    expect([await readsOf(download), await readsOf(download)]).toEqual([3, 3]);
    const lines = new LinesReader(store, chunks);
    const look = (): Promise<unknown> => lines.read(log.id, { line: 0 }, 9);
    expect([await readsOf(look), await readsOf(look)]).toEqual([3, 0]);
  });
});

describe('a follower', () => {
  test('gets each byte once, whenever it came and wherever it began', async () => {
    const act = fc.oneof(print, fc.constant('wait' as const));
    await fc.assert(
      fc.asyncProperty(fc.array(act), fc.nat(), async (acts, begins) => {
        await using scene = new Scene();
        const log = await scene.log();
        const all = Buffer.concat(acts.filter((one) => one !== 'wait'));
        const from = begins % (all.length + 1);
        const following = scene.followAll(log, from);
        for (const one of acts) {
          if (one === 'wait') await settle();
          else await log.print(one);
        }
        await log.close();
        await settle();
        const followed = await following;
        expect(followedBytes(followed)).toEqual(all.subarray(from));
        expect(followed.at(-1)?.kind).toBe('end');
      }),
      { numRuns: 50 },
    );
  });

  test('sees a partial line as it comes, and what completes it under the same number', async () => {
    const log = await scene.log();
    await log.print('done\nwork');
    const following = scene.followAll(log);
    await settle();
    await log.print('ing ');
    await settle();
    await log.print(Buffer.from('ä').subarray(0, 1));
    await settle();
    await log.print(Buffer.concat([Buffer.from('ä').subarray(1), Buffer.from('\n')]));
    await log.close();
    expect(followedLines(await following)).toEqual([
      { byte: 0, line: 0, text: 'done\n' },
      { byte: 5, line: 1, text: 'work' },
      { byte: 9, line: 1, text: 'ing ' },
      { byte: 13, line: 1, text: 'ä\n' },
    ]);
  });

  test('tells a running log is looked at from the first to the last of them', async () => {
    const log = await scene.log();
    const head = (await scene.raw.describe(log.id))?.log;
    if (!head) throw new Error('no such log');
    const leave = new AbortController();
    const first = scene.follower.follow(head, 0, leave.signal);
    const waiting = first.next();
    await settle();
    const second = scene.followAll(log);
    await settle();
    expect(scene.watched).toEqual(['1/0 on']);
    leave.abort();
    expect(await waiting).toEqual({ done: true, value: undefined });
    await log.close();
    await second;
    expect(scene.watched).toEqual(['1/0 on', '1/0 off']);
    await scene.followAll(log);
    expect(scene.watched.length).toBe(2);
  });

  test('notices more though the signal was lost', async () => {
    const log = await scene.log();
    const following = scene.followAll(log);
    await settle();
    scene.wakes[Symbol.dispose]();
    await log.print('late\n');
    await log.close();
    await scene.clock.advance(2_000);
    expect(followedBytes(await following).toString()).toBe('late\n');
  });

  test('finds its place after merging has moved the bytes, and says when they are gone', async () => {
    const log = await scene.log();
    await log.print('a\nb\n');
    const moved = new LinesReader(scene.store, new ChunkReader(missing(scene.store, 1)));
    expect((await moved.read(log.id, { line: 0 }, 9))?.pieces.length).toBe(2);
    const gone = new LinesReader(scene.store, new ChunkReader(missing(scene.store, 2)));
    await expect(gone.read(log.id, { line: 0 }, 9)).rejects.toMatchObject({ code: 'log-expired' });
  });
});

describe('merging', () => {
  test('is not noticed by who reads meanwhile, nor after', async () => {
    const log = await scene.log();
    const all: string[] = [];
    for (let line = 0; line < 300; line++)
      all.push(`line ${line} ${'ä'.repeat(line % 40)}${line % 3 ? '\n' : ''}`);
    for (const part of all) await log.print(part);
    await log.close();
    const before = await scene.read(log.id, 7, 100);
    const text = await scene.raw.describe(log.id);
    if (!text) throw new Error('no such log');
    const reading = scene.raw.read(text, 0, text.length);
    const parts: Uint8Array[] = [];
    for (let part = 0; part < 5; part++) {
      const { value } = await reading.next();
      if (value) parts.push(value);
    }
    const merger = new LogMerger({
      store: scene.store,
      clock: scene.clock,
      compression: zstdCompression,
      onTrouble: (error) => {
        throw error;
      },
    });
    expect(await merger.mergeAll(new AbortController().signal)).toBe(1);
    for await (const part of reading) parts.push(part);
    expect(Buffer.concat(parts).toString()).toBe(all.join(''));
    expect(await scene.read(log.id, 7, 100)).toEqual(before);
    expect(followedBytes(await scene.followAll(log)).toString()).toBe(all.join(''));
  });
});

/** The store, but the first `times` reads find that the bytes are elsewhere. */
function missing(store: Store, times: number): Store {
  let left = times;
  return {
    epoch: store.epoch,
    do: (operation, input) => store.do(operation, input),
    read: (place, length) =>
      left-- > 0 ? Promise.reject(new MillraceError('bytes-missing', 'moved')) : store.read(place, length),
    onSignal: (listen) => store.onSignal(listen),
    close: () => store.close(),
  };
}
