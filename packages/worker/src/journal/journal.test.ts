import { encodeRecord, journalStart } from '@millrace/protocol/journal/codec';
import type { Fact, Position } from '@millrace/protocol/journal/record';
import { recordBytesMax } from '@millrace/protocol/journal/record';
import { FakeClock } from '@millrace/testkit/fake-clock';
import { MemoryDisk } from '@millrace/testkit/memory-disk';
import { beforeEach, describe, expect, test } from 'vitest';
import { endLostJournal } from './end-lost-journal.ts';
import { journalCases } from './journal-cases.ts';
import { journalFile, listJournals, removeJournal } from './journal-file.ts';
import type { JournalFile } from './journal-file.ts';
import { JournalReader } from './journal-reader.ts';
import { JournalWriter } from './journal-writer.ts';
import { recoverJournal, walkJournal } from './recover-journal.ts';

const spool = '/spool';
const holding = { build: 7, fence: 2 };
const file = journalFile(spool, holding);
const message = 'The slot died.';

describe('a journal on disk', () => {
  let clock: FakeClock;
  let disk: MemoryDisk;

  beforeEach(() => {
    clock = new FakeClock();
    disk = new MemoryDisk();
  });

  function write(facts: readonly Fact[]): readonly Position[] {
    const writer = JournalWriter.create(clock, disk, file);
    const places = facts.map((fact) => {
      expect(writer.append(fact)).toBe('appended');
      return writer.position;
    });
    writer.close();
    return places;
  }

  function read(from: JournalFile): { facts: Fact[]; stopped: string } {
    const bytes = disk.open(from.path);
    const facts: Fact[] = [];
    const { stopped } = walkJournal(bytes, from.base, from.base, ({ fact }) =>
      facts.push(fact.kind === 'log-chunk' ? { ...fact, data: Uint8Array.from(fact.data) } : fact),
    );
    return { facts, stopped: stopped.kind };
  }

  function end(stored?: Position): ReturnType<typeof endLostJournal> {
    return endLostJournal(file, stored, { clock, disk, spool, message });
  }

  for (const { name, facts, ending } of journalCases) {
    test(`${name}: cut at every byte, it is recovered to its last whole record, and not a byte less`, () => {
      const places = write(facts);
      const whole = disk.open(file.path).read(0, 1e9);
      for (let length = 0; length <= whole.length; length++) {
        disk.remove(file.path);
        disk.create(file.path).append(whole.subarray(0, length));
        const recovered = recoverJournal(disk, file);
        const kept = places.filter((place) => place.byte <= length);
        expect(recovered.position).toEqual(kept.at(-1) ?? journalStart);
        expect(recovered.cutBytes).toBe(length - recovered.position.byte);
        expect(disk.open(file.path).size()).toBe(recovered.position.byte);
        expect(recovered.ended).toBe(facts[kept.length - 1]?.kind === 'build-finished');
        expect(recovered.summary.begin).toEqual(kept.length > 0 ? facts[0] : undefined);
      }
    });

    test(`${name}: ended as lost, it closes what was open and is whole`, () => {
      write(facts);
      disk.open(file.path).append(Buffer.from([200, 0, 0]));
      expect(end()).toMatchObject({ kind: 'ended' });
      expect(read(file)).toEqual({ facts: [...facts, ...ending], stopped: 'end' });
      const before = disk.open(file.path).size();
      expect(end()).toMatchObject({ kind: 'ended' });
      expect(disk.open(file.path).size()).toBe(before);
    });
  }

  test('a build that was begun is not begun again', () => {
    write([{ kind: 'step-started', step: 0 }]);
    expect(() => JournalWriter.create(clock, disk, file)).toThrow(
      expect.objectContaining({ code: 'EEXIST' }),
    );
  });

  test('a full disk leaves whole records, and the same fact is appended when there is room', () => {
    const writer = JournalWriter.create(clock, disk, file);
    for (const fact of journalCases[1]?.facts ?? []) {
      for (let room = 0; ; room++) {
        const before = writer.position.byte;
        disk.bytesMax = before + room;
        if (writer.append(fact) === 'appended') break;
        expect(disk.open(file.path).size()).toBe(before);
        expect(writer.position.byte).toBe(before);
      }
    }
    expect(read(file)).toEqual({ facts: journalCases[1]?.facts, stopped: 'end' });
  });

  test('a loss of power that left zeros is cut', () => {
    const places = write([{ kind: 'step-started', step: 0 }]);
    disk.open(file.path).append(new Uint8Array(5000));
    expect(recoverJournal(disk, file).position).toEqual(places.at(-1));
  });

  test('a record of another history, or one that is there twice, is not taken for a continuation', () => {
    for (const other of [
      // A fork: the chain before it is another.
      encodeRecord({ ...journalStart, seq: 1, hash: 'cd'.repeat(32) }, 5, { kind: 'step-started', step: 1 }),
      encodeRecord(journalStart, clock.now(), { kind: 'step-started', step: 0 }),
    ]) {
      disk.remove(file.path);
      const places = write([{ kind: 'step-started', step: 0 }]);
      disk.open(file.path).append(other.bytes);
      const recovered = recoverJournal(disk, file);
      expect(recovered.position).toEqual(places.at(-1));
      expect(recovered.cutBytes).toBe(other.bytes.length);
    }
  });

  test('a record that continues the chain and says nothing is left for the master to judge', () => {
    const wrong = encodeRecord(journalStart, 1, { kind: 'step-started', step: -1 });
    disk.create(file.path).append(wrong.bytes);
    expect(recoverJournal(disk, file).malformed).toMatchObject({ code: 'record-malformed' });
    expect(end()).toMatchObject({ kind: 'malformed' });
    expect(disk.open(file.path).size()).toBe(wrong.bytes.length);
  });

  test('of a build whose first record is not whole, nothing stays', () => {
    disk.create(file.path).append(Buffer.from('torn'));
    expect(end()).toEqual({ kind: 'removed' });
    expect(listJournals(disk, spool)).toEqual([]);
  });

  test('a journal that the store has more of is ended at the store’s position', () => {
    const facts = journalCases[1]?.facts ?? [];
    const places = write(facts);
    const stored = places.at(-1) ?? journalStart;
    for (const kept of [0, 1, places[1]?.byte ?? 0, stored.byte - 1]) {
      removeJournal(disk, spool, holding);
      disk.remove(file.path);
      write(facts);
      disk.open(file.path).truncate(kept);
      const ended = end(stored);
      expect(ended).toMatchObject({ kind: 'ended' });
      const [only, ...others] = listJournals(disk, spool);
      expect(others).toEqual([]);
      expect(only).toMatchObject({ ...holding, base: stored });
      if (only === undefined || ended.kind !== 'ended') continue;
      expect(read(only)).toEqual({
        facts: [{ kind: 'build-finished', result: 'exception', reason: 'slot-lost', message }],
        stopped: 'end',
      });
      expect(ended.position.seq).toBe(stored.seq + 1);
      const reader = new JournalReader(disk, only);
      expect(reader.firstByte).toBe(stored.byte);
      expect(reader.endByte).toBe(ended.position.byte);
      expect(reader.read(stored.byte, reader.endByte, recordBytesMax).length).toBe(
        ended.position.byte - stored.byte,
      );
      expect(recoverJournal(disk, only).ended).toBe(true);
    }
  });

  test('no room for the end is said, and the end is written when there is', () => {
    write(journalCases[1]?.facts ?? []);
    disk.bytesMax = disk.bytesUsed + 150;
    expect(end()).toEqual({ kind: 'full' });
    disk.bytesMax = Infinity;
    expect(end()).toMatchObject({ kind: 'ended' });
    expect(read(file)).toEqual({
      facts: [...(journalCases[1]?.facts ?? []), ...(journalCases[1]?.ending ?? [])],
      stopped: 'end',
    });
  });

  test('a reader gives whole records only, as many as fit', () => {
    const facts = Array.from({ length: 2000 }, (_, step): Fact => ({ kind: 'step-started', step }));
    const places = write(facts);
    const endByte = places.at(-1)?.byte ?? 0;
    const reader = new JournalReader(disk, file);
    const bytes: Uint8Array[] = [];
    for (let byte = 0; byte < endByte;) {
      const part = reader.read(byte, endByte, recordBytesMax);
      expect(part.length).toBeGreaterThan(0);
      expect(part.length).toBeLessThanOrEqual(recordBytesMax);
      byte += part.length;
      expect(places.some((place) => place.byte === byte)).toBe(true);
      bytes.push(part);
    }
    expect(bytes.length).toBeGreaterThan(1);
    expect(Buffer.concat(bytes).equals(disk.open(file.path).read(0, 1e9))).toBe(true);
    expect(reader.read(endByte, endByte, recordBytesMax).length).toBe(0);
  });

  test('other names in the folder are nobody’s journal', () => {
    disk.writeText('/spool/journals/notes.txt', '');
    disk.writeText('/spool/journals/7-2.journal.writing', '');
    write([]);
    expect(listJournals(disk, spool)).toEqual([file]);
    removeJournal(disk, spool, holding);
    expect(listJournals(disk, spool)).toEqual([]);
    expect(disk.list('/spool/journals')).toHaveLength(2);
  });
});
