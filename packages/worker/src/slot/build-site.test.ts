import type { RunOrder } from '@millrace/protocol/agent/messages';
import type { PropertyValue } from '@millrace/protocol/property';
import { FakeClock } from '@millrace/testkit/fake-clock';
import { hostileRows } from '@millrace/testkit/hostile-text';
import { MemoryDisk } from '@millrace/testkit/memory-disk';
import { describe, expect, test } from 'vitest';
import { BuildFolders, foldersMax, tooOld, unusedMsMax } from './build-folders.ts';
import { buildFolderName, BuildSite } from './build-site.ts';
import { TemporaryFolders } from './temporary-folders.ts';

function order(build: number, properties: Record<string, PropertyValue> = {}, builder = 'linux'): RunOrder {
  return {
    build,
    fence: 1,
    slot: 0,
    planHash: '',
    builder,
    number: build,
    plan: { version: 1, properties, env: {}, steps: [], onSilence: 'retry', lostAfterMs: 1 },
  };
}

/** Where something is mounted in a folder, it cannot be removed. */
class BusyDisk extends MemoryDisk {
  isBusy = false;

  override removeTree(folder: string): Promise<void> {
    return this.isBusy ? Promise.reject(new Error('EBUSY')) : super.removeTree(folder);
  }
}

describe('where a build works', () => {
  const place = { slot: 0, data: '/data' };

  test('is the folder of its builder on its slot, as the last build left it', async () => {
    const disk = new MemoryDisk();
    const clock = new FakeClock();
    const first = new BuildSite(disk, clock, place, order(1));
    await first.ready();
    disk.writeText(`${first.folder}/object.o`, 'compiled');
    disk.writeText(`${first.temporary}/scratch`, 'x');
    await first.leave();
    expect(disk.readText(`${first.temporary}/scratch`)).toBeUndefined();
    const second = new BuildSite(disk, clock, place, order(2));
    await second.ready();
    expect(second.folder).toBe(first.folder);
    expect(disk.readText(`${second.folder}/object.o`)).toBe('compiled');
    expect(new BuildSite(disk, clock, { ...place, slot: 1 }, order(3)).folder).not.toBe(first.folder);
  });

  test('is empty where the build is to be a clean one, once', async () => {
    const disk = new MemoryDisk();
    const site = new BuildSite(disk, new FakeClock(), place, order(1, { clobber: true }));
    disk.writeText(`${site.folder}/object.o`, 'compiled');
    await site.ready();
    expect(disk.readText(`${site.folder}/object.o`)).toBeUndefined();
    disk.writeText(`${site.folder}/object.o`, 'by its first step');
    await site.ready();
    expect(disk.readText(`${site.folder}/object.o`)).toBe('by its first step');
  });

  test('has none of the temporary files that a killed build left, nor takes another slot’s away', async () => {
    const disk = new MemoryDisk();
    disk.writeText('/data/tmp/0-1/scratch', 'a killed build’s');
    disk.writeText('/data/tmp/1-1/scratch', 'another slot’s');
    await new BuildSite(disk, new FakeClock(), place, order(2)).ready();
    expect(disk.list('/data/tmp')).toEqual(['1-1']);
  });

  test('a folder for temporary files that could not be removed goes before the next build', async () => {
    const disk = new BusyDisk();
    const folders = new TemporaryFolders(disk, place);
    const first = folders.of(1);
    await folders.make(first);
    disk.writeText(`${first}/scratch`, 'x');
    disk.isBusy = true;
    await expect(folders.remove(first)).rejects.toThrow('EBUSY');
    disk.isBusy = false;
    expect(disk.list('/data/tmp')).toEqual(['0-1']);
    expect(folders.of(2)).toBe('/data/tmp/0-2');
    await folders.make(folders.of(2));
    expect(disk.list('/data/tmp')).toEqual([]);
  });

  test('a folder for temporary files that a build leaves as it was made is the next one’s', async () => {
    let rights = 0o755;
    class OneFolder extends MemoryDisk {
      override folderRights(): number {
        return rights;
      }
    }
    const disk = new OneFolder();
    const folders = new TemporaryFolders(disk, place);
    const next = async (build: number, work: (folder: string) => void): Promise<string> => {
      const folder = folders.of(build);
      await folders.make(folder);
      work(folder);
      await folders.remove(folder);
      return folder;
    };
    expect(await next(1, () => undefined)).toBe('/data/tmp/0-1');
    expect(await next(2, (folder) => disk.writeText(`${folder}/left`, 'x'))).toBe('/data/tmp/0-1');
    expect(disk.list('/data/tmp')).toEqual([]);
    const changed = (): void => {
      rights = 0o777;
    };
    expect(await next(3, changed)).toBe('/data/tmp/0-3');
    rights = 0o755;
    expect(await next(4, () => undefined)).toBe('/data/tmp/0-4');
  });

  test.each(hostileRows)('is one harmless name below the worker’s folder for %s', (_, text) => {
    expect(buildFolderName(text, 'default', 3)).toMatch(/^[a-z0-9-]{1,41}[0-9a-f]{8}-3$/);
    expect(buildFolderName('linux', text, 3)).not.toBe(buildFolderName('linux', 'default', 3));
    const site = new BuildSite(new MemoryDisk(), new FakeClock(), place, order(1, {}, text));
    expect(site.folder).toMatch(/^\/data\/builds\/[a-z0-9-]+$/);
  });
});

describe('build folders that nobody uses', () => {
  test('go after a month, and when there are too many, the least recently used first', () => {
    const day = 24 * 3_600_000;
    const now = 100 * day;
    const used = (name: string, daysAgo: number) => ({ name, usedAtMs: now - daysAgo * day });
    expect(unusedMsMax).toBe(30 * day);
    expect(tooOld([used('new', 0), used('old', 31), used('almost', 30)], now)).toEqual(['old']);
    const many = Array.from({ length: foldersMax + 2 }, (_, index) => used(`n${index}`, index / 100));
    expect(tooOld(many, now)).toEqual([`n${foldersMax + 1}`, `n${foldersMax}`]);
  });

  test('go one by one when the disk is low, with their notes, and never another slot’s', async () => {
    const disk = new MemoryDisk();
    const clock = new FakeClock();
    const folders = new BuildFolders(disk, clock, { data: '/data', slot: 0 });
    const [a, b, c] = ['a-00000000-0', 'b-00000000-0', 'c-00000000-1'];
    for (const name of [a, b, c]) {
      disk.writeText(`/data/builds/${name}/file`, 'x');
      await folders.use(name);
      await clock.advance(1_000);
    }
    expect(await folders.removeOldest()).toBe(true);
    expect(disk.list('/data/builds')).toEqual([b, `${b}.used`, c, `${c}.used`]);
    expect(await folders.removeOldest()).toBe(true);
    expect(await folders.removeOldest()).toBe(false);
    expect(disk.list('/data/builds')).toEqual([c, `${c}.used`]);
  });

  test('count from now where an earlier version left them', async () => {
    const disk = new MemoryDisk();
    const clock = new FakeClock();
    disk.writeText('/data/builds/old-00000000-0/file', 'x');
    const folders = new BuildFolders(disk, clock, { data: '/data', slot: 0 });
    await folders.use('new-00000000-0');
    expect(disk.readText('/data/builds/old-00000000-0/file')).toBe('x');
    await clock.advance(unusedMsMax + 1);
    await folders.use('new-00000000-0');
    expect(disk.list('/data/builds')).toEqual(['new-00000000-0.used']);
  });

  test('are noted as used every ten minutes, and the slot knows better which was used last', async () => {
    const disk = new MemoryDisk();
    const clock = new FakeClock();
    const place = { data: '/data', slot: 0 };
    const folders = new BuildFolders(disk, clock, place);
    const [a, b] = ['a-00000000-0', 'b-00000000-0'];
    const noted = () => disk.readText(`/data/builds/${a}.used`);
    await folders.use(a);
    const first = noted();
    await clock.advance(1_000);
    await folders.use(b);
    await clock.advance(1_000);
    await folders.use(a);
    expect(noted()).toBe(first);
    await folders.removeOldest();
    expect(disk.list('/data/builds')).toEqual([`${a}.used`]);
    await clock.advance(600_000);
    await folders.use(a);
    expect(Number(noted())).toBe(clock.now());
  });

  test('count from now where a loss of power has left a note without a word', async () => {
    const disk = new MemoryDisk();
    const clock = new FakeClock();
    await clock.advance(2 * unusedMsMax);
    disk.writeText('/data/builds/old-00000000-0.used', '');
    await new BuildFolders(disk, clock, { data: '/data', slot: 0 }).use('new-00000000-0');
    expect(disk.list('/data/builds')).toContain('old-00000000-0.used');
  });

  test('are told from what somebody else keeps beside them', async () => {
    const disk = new MemoryDisk();
    const clock = new FakeClock();
    const folders = new BuildFolders(disk, clock, { data: '/data', slot: 0, builds: '/srv' });
    for (const name of ['photos-0', '0', 'a-0000000g-0']) disk.writeText(`/srv/${name}/file`, 'x');
    await folders.use('a-00000000-0');
    await clock.advance(unusedMsMax + 1);
    await folders.use('b-00000000-0');
    expect(disk.list('/srv')).toEqual(['0', 'a-0000000g-0', 'b-00000000-0.used', 'photos-0']);
  });
});
