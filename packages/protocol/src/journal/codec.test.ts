import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { decodeRecord, decodeRecords, encodeRecord, journalStart } from './codec.ts';
import type { Fact, Position } from './record.ts';

const begin: Fact = { kind: 'begin', build: 7, fence: 1, planHash: 'a'.repeat(64), worker: 'local' };

const facts = fc.oneof(
  fc.constant<Fact>({ kind: 'step-started', step: 3 }),
  fc
    .record({ value: fc.string({ unit: 'binary' }) })
    .map(({ value }): Fact => ({ kind: 'property-set', step: 0, name: 'p', value })),
  fc.uint8Array({ maxLength: 300 }).map((data): Fact => ({
    kind: 'log-chunk',
    log: 2,
    firstByte: 2 ** 40,
    firstLine: 9,
    bytes: 100,
    lines: 3,
    data,
  })),
);

function journal(list: readonly Fact[]): { bytes: Uint8Array; ends: Position[] } {
  const parts: Uint8Array[] = [];
  const ends: Position[] = [];
  let position = journalStart;
  for (const [index, fact] of list.entries()) {
    const record = encodeRecord(position, 1_700_000_000_000.5 + index, fact);
    parts.push(record.bytes);
    position = record.next;
    ends.push(position);
  }
  return { bytes: Buffer.concat(parts), ends };
}

/** One after the other, and together: which is the same. */
function decodeAll(bytes: Uint8Array): { facts: Fact[]; last: string; position: Position } {
  const found: Fact[] = [];
  let position = journalStart;
  for (;;) {
    const decoded = decodeRecord(position, bytes.subarray(position.byte));
    if (decoded.kind !== 'record') {
      const together = decodeRecords(journalStart, bytes);
      expect(together.entries.map(({ fact }) => copied(fact))).toEqual(found);
      expect(together.after(found.length)).toEqual(position);
      expect(together.stop).toEqual(decoded);
      return { facts: found, last: decoded.kind, position };
    }
    found.push(copied(decoded.entry.fact));
    position = decoded.next;
  }
}

function copied(fact: Fact): Fact {
  return fact.kind === 'log-chunk' ? { ...fact, data: Uint8Array.from(fact.data) } : fact;
}

describe('a journal', () => {
  test('reads back what was written, with the places between', () => {
    fc.assert(
      fc.property(fc.array(facts, { maxLength: 20 }), (list) => {
        const { bytes, ends } = journal([begin, ...list]);
        const read = decodeAll(bytes);
        expect(read.facts).toEqual([begin, ...list]);
        expect(read.last).toBe('end');
        expect(read.position).toEqual(ends.at(-1));
      }),
    );
  });

  test('cut anywhere, it reads up to the last whole record and says that the rest is torn', () => {
    const { bytes, ends } = journal([
      begin,
      { kind: 'step-started', step: 0 },
      { kind: 'build-finished', result: 'success' },
    ]);
    for (let length = 0; length <= bytes.length; length++) {
      const read = decodeAll(bytes.subarray(0, length));
      const whole = ends.filter((end) => end.byte <= length);
      expect(read.facts).toHaveLength(whole.length);
      expect(read.last).toBe(length === (whole.at(-1)?.byte ?? 0) ? 'end' : 'torn');
    }
  });

  test('any changed byte of a record is noticed', () => {
    const { bytes } = journal([begin]);
    for (let index = 0; index < bytes.length; index++) {
      const changed = Uint8Array.from(bytes);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(decodeAll(changed).facts).toEqual([]);
    }
  });

  test('a record of another history is a fork', () => {
    const one = encodeRecord(journalStart, 1, begin);
    const other = encodeRecord(journalStart, 2, begin);
    const second = encodeRecord(one.next, 3, { kind: 'step-started', step: 0 });
    expect(decodeRecord(other.next, second.bytes).kind).toBe('forked');
    const together = decodeRecords(journalStart, Buffer.concat([other.bytes, second.bytes]));
    expect(together.stop.kind).toBe('forked');
    expect(together.after(1)).toEqual(other.next);
  });

  test('records that follow others are decoded from where those end', () => {
    const { bytes, ends } = journal([
      begin,
      { kind: 'step-started', step: 0 },
      { kind: 'step-started', step: 1 },
    ]);
    const [first] = ends;
    const rest = decodeRecords(first ?? journalStart, bytes.subarray(first?.byte));
    expect(rest.entries.map(({ seq }) => seq)).toEqual([1, 2]);
    expect([0, 1, 2].map((count) => rest.after(count))).toEqual(ends);
  });

  test('bytes that no slot writes are told from a torn record', () => {
    expect(decodeRecord(journalStart, Buffer.alloc(64)).kind).toBe('malformed');
    const wrong = encodeRecord(journalStart, 1, { kind: 'step-started', step: -1 });
    expect(decodeRecord(journalStart, wrong.bytes)).toMatchObject({
      kind: 'malformed',
      error: { code: 'record-malformed' },
    });
  });
});
