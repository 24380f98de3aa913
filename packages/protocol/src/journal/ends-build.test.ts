import { expect, test } from 'vitest';
import { encodeRecord, journalStart } from './codec.ts';
import { endsBuild } from './ends-build.ts';
import type { Fact } from './record.ts';

function recordsOf(...facts: readonly Fact[]): Uint8Array {
  let position = journalStart;
  const records = facts.map((fact) => {
    const { bytes, next } = encodeRecord(position, 0, fact);
    position = next;
    return bytes;
  });
  return new Uint8Array(Buffer.concat(records));
}

const started: Fact = { kind: 'step-started', step: 0 };
const finished: Fact = { kind: 'build-finished', result: 'success' };

test('a frame ends its build where its last record is the end', () => {
  expect(endsBuild(recordsOf(finished))).toBe(true);
  expect(endsBuild(recordsOf(started, finished))).toBe(true);
  expect(endsBuild(recordsOf(started))).toBe(false);
  expect(endsBuild(recordsOf(finished, started))).toBe(false);
});

test('what are no whole records end nothing', () => {
  expect(endsBuild(new Uint8Array(0))).toBe(false);
  expect(endsBuild(new Uint8Array(64))).toBe(false);
  expect(endsBuild(recordsOf(finished).subarray(0, 21))).toBe(false);
});
