import { expect, test } from 'vitest';
import { chunksIn } from './chunks-in.ts';
import { encodeRecord, journalStart } from './codec.ts';
import type { Fact, LogChunk } from './record.ts';

function recordsOf(...facts: readonly Fact[]): Uint8Array[] {
  let position = journalStart;
  return facts.map((fact) => {
    const { bytes, next } = encodeRecord(position, 0, fact);
    position = next;
    return bytes;
  });
}

const chunk = (log: number): LogChunk => ({
  kind: 'log-chunk',
  log,
  firstByte: 7,
  firstLine: 1,
  bytes: 3,
  lines: 1,
  data: Buffer.from([1, 2, log]),
});

test('the chunks among records are found in their order, each with its place', () => {
  const records = recordsOf({ kind: 'step-started', step: 0 }, chunk(4), chunk(5));
  const { chunks, others } = chunksIn(Buffer.concat(records));
  expect(others).toBe(true);
  expect(chunks.map((seen) => seen.chunk)).toEqual([chunk(4), chunk(5)]);
  const [first = new Uint8Array(), second = new Uint8Array()] = records;
  expect(chunks[0]?.end).toBe(first.length + second.length);
  expect(chunksIn(Buffer.concat(recordsOf(chunk(0)))).others).toBe(false);
});

test('what is cut, or no record, is another thing than a chunk', () => {
  const [record = new Uint8Array()] = recordsOf(chunk(4));
  expect(chunksIn(record.subarray(0, record.length - 1))).toEqual({ chunks: [], others: true });
  expect(chunksIn(new Uint8Array(64))).toEqual({ chunks: [], others: true });
  expect(chunksIn(new Uint8Array(2))).toEqual({ chunks: [], others: true });
  expect(chunksIn(new Uint8Array(0))).toEqual({ chunks: [], others: false });
});
