import { describe, expect, test } from 'vitest';
import type { Fact } from '@millrace/protocol/journal/record';
import { FakeClock } from '@millrace/testkit/fake-clock';
import { MemoryDisk } from '@millrace/testkit/memory-disk';
import { journalFile } from '../journal/journal-file.ts';
import { JournalWriter } from '../journal/journal-writer.ts';
import { inspectJournal } from './inspect-journal.ts';

const holding = { build: 1, fence: 1 };
const begin: Fact = { kind: 'begin', ...holding, planHash: 'a'.repeat(64), worker: 'w' };

describe('inspecting a journal', () => {
  function write(ended: boolean): { disk: MemoryDisk; ends: number[]; path: string } {
    const disk = new MemoryDisk();
    const file = journalFile('/spool', holding);
    const writer = JournalWriter.create(new FakeClock(), disk, file);
    const ends = [0];
    const facts: Fact[] = [
      begin,
      ...Array.from({ length: 20 }, (_, step): Fact => ({ kind: 'step-started', step })),
    ];
    if (ended) facts.push({ kind: 'build-finished', result: 'success' });
    for (const fact of facts) {
      writer.append(fact);
      ends.push(writer.position.byte);
    }
    return { disk, ends, path: file.path };
  }

  test.each([1, 100, 1_000, 1e9])('finds the end, with a tail of %i bytes', (tail) => {
    for (const ended of [true, false]) {
      const { disk, ends } = write(ended);
      const found = inspectJournal(disk, journalFile('/spool', holding), tail);
      expect(found).toEqual({ endByte: ends.at(-1), ended });
    }
  });

  test('finds the last whole record wherever the file is cut', () => {
    const { ends } = write(true);
    for (let size = 0; size <= (ends.at(-1) ?? 0); size += 7) {
      const { disk, path } = write(true);
      disk.open(path).truncate(size);
      const { endByte } = inspectJournal(disk, journalFile('/spool', holding), 300);
      expect(endByte).toBe(ends.findLast((end) => end <= size));
    }
  });

  test('stops where the tail was spoiled', () => {
    const { disk, ends, path } = write(false);
    const file = disk.open(path);
    const whole = file.read(0, file.size());
    file.truncate((ends.at(-2) ?? 0) + 30);
    file.append(new Uint8Array(whole.length - file.size()));
    expect(inspectJournal(disk, journalFile('/spool', holding), 300).endByte).toBe(ends.at(-2));
  });
});
