import { zstdDecompressSync } from 'node:zlib';
import type { Fact, LogChunk } from '@millrace/protocol/journal/record';
import { chunkRawBytesMax } from '@millrace/protocol/journal/record';
import { storedContent } from '@millrace/protocol/journal/stored-frame';
import { FakeClock } from '@millrace/testkit/fake-clock';
import { SeededRandom } from '@millrace/testkit/seeded-random';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Urgency } from '../journal/urgency.ts';
import { zstdCompressor } from './compressor.ts';
import { countLineFeeds } from './count-line-feeds.ts';
import { LogWriter } from './log-writer.ts';

/** Every way of counting must agree with this one. */
function lineFeeds(bytes: Uint8Array): number {
  return bytes.reduce((count, byte) => count + (byte === 10 ? 1 : 0), 0);
}

describe('counting line feeds', () => {
  test('is exact for any bytes at any place in memory', () => {
    const byte = fc.oneof(fc.constant(10), fc.constantFrom(9, 11, 0x8a, 0, 0xff, 0x0b), fc.nat(255));
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 3000 }), fc.nat(7), (list, from) => {
        const bytes = Uint8Array.from(list).subarray(Math.min(from, list.length));
        expect(countLineFeeds(bytes)).toBe(lineFeeds(bytes));
      }),
    );
    const all = new Uint8Array(100_003).fill(10);
    expect(countLineFeeds(all)).toBe(all.length);
  });
});

describe('a log', () => {
  let clock: FakeClock;
  let facts: { fact: Fact; urgency: Urgency; atMs: number }[];

  beforeEach(() => {
    clock = new FakeClock();
    facts = [];
  });

  afterEach(() => {
    expect(clock.pending).toBe(0);
  });

  function logWriter(bytesMax = 1024 ** 3): LogWriter {
    return new LogWriter({
      clock,
      compress: zstdCompressor,
      append: (fact, urgency) => facts.push({ fact, urgency, atMs: clock.monotonicMs() }),
      log: 3,
      bytesMax,
    });
  }

  function chunks(): readonly LogChunk[] {
    return facts.map(({ fact }) => fact).filter((fact) => fact.kind === 'log-chunk');
  }

  /** What the journal says, put together and held against the output. Returns what the gap left out. */
  function check(output: Uint8Array): { gapBytes: number; gapLines: number } {
    let byte = 0;
    let line = 0;
    let gap = { gapBytes: 0, gapLines: 0 };
    for (const [index, { fact }] of facts.entries()) {
      if (fact.kind === 'log-chunk') {
        const raw = zstdDecompressSync(fact.data);
        expect(raw.length).toBeLessThanOrEqual(chunkRawBytesMax);
        expect(raw.equals(output.subarray(byte, byte + raw.length))).toBe(true);
        expect(fact).toMatchObject({
          log: 3,
          firstByte: byte,
          firstLine: line,
          bytes: raw.length,
          lines: lineFeeds(raw),
        });
        byte += raw.length;
        line += fact.lines;
      } else if (fact.kind === 'log-gap') {
        expect(fact.lines).toBe(lineFeeds(output.subarray(byte, byte + fact.bytes)));
        byte += fact.bytes;
        line += fact.lines;
        gap = { gapBytes: fact.bytes, gapLines: fact.lines };
      } else {
        const unfinished = (output.at(-1) ?? 10) === 10 ? 0 : 1;
        expect(fact).toEqual({ kind: 'log-closed', log: 3, lines: line + unfinished, bytes: byte });
        expect(index).toBe(facts.length - 1);
      }
    }
    expect(byte).toBe(output.length);
    return gap;
  }

  function writeInPieces(writer: LogWriter, output: Uint8Array, random: SeededRandom): void {
    for (let at = 0; at < output.length;) {
      const piece = Math.min(output.length - at, random.between(1, 70_000));
      // A buffer that is used again for the next read.
      const lent = Buffer.from(output.subarray(at, at + piece));
      writer.write(lent);
      lent.fill(0);
      at += piece;
    }
    writer.close();
  }

  const random = new SeededRandom(1);
  const outputs: readonly (readonly [string, Uint8Array])[] = [
    ['nothing', new Uint8Array(0)],
    ['one line feed', Buffer.from('\n')],
    ['lines', Buffer.from(Array.from({ length: 40_000 }, (_, i) => `line ${i} of some output\n`).join(''))],
    ['a line of three megabytes', Buffer.alloc(3_000_000, 'x')],
    ['binary noise', random.bytes(1_000_000)],
    ['invalid UTF-8', Buffer.alloc(300_001, Buffer.from([0xc3, 0x28, 0xff, 0x0a, 0xe2, 0x82]))],
    ['carriage returns', Buffer.from('progress 10%\rprogress 11%\r\n'.repeat(20_000))],
    ['empty lines', Buffer.alloc(500_000, '\n')],
    ['exactly one chunk', Buffer.alloc(chunkRawBytesMax, 'a\n')],
    ['a chunk and a byte', Buffer.alloc(chunkRawBytesMax + 1, 'a')],
    ['a long line after a short one', Buffer.from(`short\n${'x'.repeat(400_000)}\nend`)],
  ];

  for (const [what, output] of outputs) {
    test(`${what}: every byte comes through, every place is exact`, () => {
      writeInPieces(logWriter(), output, new SeededRandom(5));
      expect(check(output)).toEqual({ gapBytes: 0, gapLines: 0 });
    });

    test(`${what}: of a log over its bound, head and tail are kept, and the gap is exact`, () => {
      for (const bytesMax of [0, 1, 1000, 100_000, 400_000, output.length - 1, output.length]) {
        if (bytesMax < 0) continue;
        facts = [];
        writeInPieces(logWriter(bytesMax), output, new SeededRandom(bytesMax + 1));
        const { gapBytes } = check(output);
        expect(output.length - gapBytes).toBeLessThanOrEqual(bytesMax);
        if (output.length <= bytesMax) expect(gapBytes).toBe(0);
      }
    });
  }

  test('full chunks end with a line where there is one', () => {
    const output = Buffer.from('0123456789\n'.repeat(50_000));
    writeInPieces(logWriter(), output, new SeededRandom(2));
    for (const chunk of chunks()) expect(zstdDecompressSync(chunk.data).at(-1)).toBe(10);
  });

  test('the tail begins with a line', () => {
    const lines = Array.from({ length: 5_000 }, (_, i) => `this is line number ${i}\n`);
    writeInPieces(logWriter(10_000), Buffer.from(lines.join('')), new SeededRandom(3));
    const gap = facts.findIndex(({ fact }) => fact.kind === 'log-gap');
    const after = facts[gap + 1]?.fact;
    expect(after?.kind).toBe('log-chunk');
    if (after?.kind !== 'log-chunk') return;
    const text = zstdDecompressSync(after.data).toString();
    expect(text.startsWith(`this is line number ${after.firstLine}\n`)).toBe(true);
    expect(text.endsWith('this is line number 4999\n')).toBe(true);
  });

  test('unwatched output waits for more until the next window of two seconds ends, a partial line too', async () => {
    const writer = logWriter();
    writer.write(Buffer.from('Continue? '));
    await clock.advance(500);
    writer.write(Buffer.from('[y/n] '));
    await clock.advance(1499);
    expect(facts).toEqual([]);
    await clock.advance(1);
    expect(facts).toMatchObject([{ fact: { bytes: 16, lines: 0 }, urgency: 'later', atMs: 2000 }]);
    writer.close();
  });

  test('watched output comes at once after a pause, then at the end of each window of 40 ms', async () => {
    const writer = logWriter();
    writer.setWatched(40);
    await clock.advance(100);
    for (let written = 0; written < 100; written++) {
      writer.write(Buffer.from('x\n'));
      await clock.advance(1);
    }
    await clock.advance(1000);
    writer.write(Buffer.from('y'));
    expect(facts.map(({ atMs }) => atMs)).toEqual([100, 120, 160, 200, 1200]);
    expect(facts.map(({ urgency }) => urgency)).toEqual(['now', 'window', 'window', 'window', 'now']);
    expect(chunks().map(({ bytes }) => bytes)).toEqual([2, 38, 80, 80, 1]);
    writer.close();
  });

  test('a window that becomes longer is kept from its next beginning on', async () => {
    const writer = logWriter();
    writer.setWatched(40);
    await clock.advance(100);
    for (let written = 0; written < 250; written++) {
      if (written === 50) writer.setWatched(100);
      writer.write(Buffer.from('x\n'));
      await clock.advance(1);
    }
    expect(facts.map(({ atMs }) => atMs)).toEqual([100, 120, 160, 200, 300]);
    expect(facts.slice(1).map(({ urgency }) => urgency)).toEqual(['window', 'window', 'window', 'window']);
    writer.close();
  });

  test('small pieces of a watched log go as they are, all else is compressed', async () => {
    const writer = logWriter();
    await clock.advance(100);
    for (const [windowMs, bytes] of [
      [40, 4_000],
      [40, 40_000],
      [null, 4_000],
    ] as const) {
      writer.setWatched(windowMs);
      writer.write(Buffer.alloc(bytes, 'a line\n'));
      await clock.advance(4_000);
    }
    expect(chunks().map(({ bytes }) => bytes)).toEqual([4_000, 40_000, 4_000]);
    expect(chunks().map(({ data }) => storedContent(data)?.length)).toEqual([4_000, undefined, undefined]);
    writer.close();
  });

  test('who begins to watch gets what waits', async () => {
    const writer = logWriter();
    writer.write(Buffer.from('x\n'));
    await clock.advance(10);
    writer.setWatched(40);
    expect(facts).toMatchObject([{ urgency: 'now', atMs: 10 }]);
    writer.setWatched(null);
    writer.write(Buffer.from('y\n'));
    await clock.advance(2000);
    expect(facts[1]).toMatchObject({ urgency: 'later', atMs: 2000 });
    writer.close();
  });
});
