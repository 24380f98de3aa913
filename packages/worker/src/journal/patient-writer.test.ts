import type { Fact } from '@millrace/protocol/journal/record';
import { FakeClock } from '@millrace/testkit/fake-clock';
import { MemoryDisk } from '@millrace/testkit/memory-disk';
import { expect, test } from 'vitest';
import { journalFile } from './journal-file.ts';
import { JournalWriter } from './journal-writer.ts';
import { PatientWriter } from './patient-writer.ts';
import { recoverJournal, walkJournal } from './recover-journal.ts';

test('what finds no room is held, with its time, and written in order when there is room', async () => {
  const clock = new FakeClock(1_000_000);
  const disk = new MemoryDisk();
  const file = journalFile('/spool', { build: 1, fence: 1 });
  const told: string[] = [];
  const writer = new PatientWriter(clock, JournalWriter.create(clock, disk, file), {
    onGrown: (position, urgency) => told.push(`grown ${position.seq} ${urgency}`),
    onFull: () => told.push('full'),
    onRoom: () => told.push('room'),
  });
  const fact = (step: number): Fact => ({ kind: 'step-started', step });
  writer.append(fact(0), 'later');
  disk.bytesMax = disk.bytesUsed + 10;
  writer.append(fact(1), 'soon');
  await clock.advance(300);
  writer.append(fact(2), 'soon');
  expect(told).toEqual(['grown 1 later', 'full']);
  expect(writer.held).toBe(2);
  await clock.advance(5_000);
  expect(told).toHaveLength(2);
  disk.bytesMax = Infinity;
  await clock.advance(1_000);
  expect(told).toEqual(['grown 1 later', 'full', 'grown 3 now', 'room']);
  expect(clock.pending).toBe(0);
  writer.append(fact(3), 'soon');
  writer.close();
  const times: number[] = [];
  walkJournal(disk.open(file.path), file.base, file.base, ({ at }) => times.push(at - 1_000_000));
  expect(times).toEqual([0, 0, 300, 6_300]);
  expect(recoverJournal(disk, file).cutBytes).toBe(0);
});
