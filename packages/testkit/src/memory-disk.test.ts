import { describe, expect, test } from 'vitest';
import { diskConformance } from './disk-conformance.ts';
import { MemoryDisk, ProcessKilled } from './memory-disk.ts';
import { SeededRandom } from './seeded-random.ts';

describe('a disk in memory', () => {
  for (const one of diskConformance) test(one.name, () => one.check(new MemoryDisk(), '/data'));

  test('fills up in the middle of a write, and takes more once there is room', () => {
    const disk = new MemoryDisk({ bytesMax: 10 });
    const file = disk.create('/data/full');
    file.append(Buffer.from('12345678'));
    expect(() => file.append(Buffer.from('abcd'))).toThrow(expect.objectContaining({ code: 'ENOSPC' }));
    expect(file.size()).toBe(10);
    file.truncate(8);
    disk.bytesMax = 100;
    file.append(Buffer.from('abcd'));
    expect(disk.readText('/data/full')).toBe('12345678abcd');
  });

  test('a process can die between two bytes', () => {
    const disk = new MemoryDisk();
    const file = disk.create('/data/torn');
    disk.appendFault = () => 2;
    expect(() => file.append(Buffer.from('abcd'))).toThrow(ProcessKilled);
    expect(disk.readText('/data/torn')).toBe('ab');
  });

  test('a loss of power takes only what had not reached the disk', () => {
    const sizes = new Set<number>();
    for (let seed = 0; seed < 50; seed++) {
      const disk = new MemoryDisk();
      const file = disk.create('/data/power');
      file.append(Buffer.from('kept'));
      disk.reachDisk();
      file.append(Buffer.from('lost'));
      disk.losePower(new SeededRandom(seed));
      expect(disk.readText('/data/power')).toBe('keptlost'.slice(0, file.size()));
      sizes.add(file.size());
    }
    expect([...sizes].sort((left, right) => left - right)).toEqual([4, 5, 6, 7, 8]);
  });

  test('a dead process writes nothing more', () => {
    const disk = new MemoryDisk();
    const lent = disk.lend();
    const file = lent.disk.create('/data/lent');
    file.append(Buffer.from('a'));
    lent.revoke();
    expect(() => file.append(Buffer.from('b'))).toThrow(ProcessKilled);
    expect(() => lent.disk.list('/data')).toThrow(ProcessKilled);
    expect(disk.readText('/data/lent')).toBe('a');
  });
});
