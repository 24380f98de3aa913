import { assert } from '@millrace/kernel/assert';
import { codeOf } from '@millrace/kernel/errors';
import type { Disk } from '@millrace/worker/disk';

/** What every {@link Disk} does. `folder` is empty and the case's own. */
export interface DiskCase {
  readonly name: string;
  check(disk: Disk, folder: string): void;
}

export const diskConformance: readonly DiskCase[] = [
  {
    name: 'a created file is empty, and is not made a second time',
    check(disk, folder) {
      const file = disk.create(`${folder}/one`);
      same(file.size(), 0);
      same(file.read(0, 10).length, 0);
      file.close();
      same(
        codeOfThrown(() => disk.create(`${folder}/one`)),
        'EEXIST',
      );
    },
  },
  {
    name: 'a file that is not there cannot be opened',
    check(disk, folder) {
      same(
        codeOfThrown(() => disk.open(`${folder}/none`)),
        'ENOENT',
      );
    },
  },
  {
    name: 'folders on the way to a file are made',
    check(disk, folder) {
      const file = disk.create(`${folder}/a/b/c`);
      file.append(Buffer.from('x'));
      file.close();
      same(disk.list(`${folder}/a/b`).join(), 'c');
      disk.writeText(`${folder}/d/e/f`, 'text');
      same(disk.readText(`${folder}/d/e/f`), 'text');
    },
  },
  {
    name: 'what was appended is read by place, shorter only at the end',
    check(disk, folder) {
      const file = disk.create(`${folder}/bytes`);
      for (let part = 0; part < 100; part++) file.append(Uint8Array.from({ length: 10 }, () => part));
      same(file.size(), 1000);
      same([...file.read(495, 10)].join(), '49,49,49,49,49,50,50,50,50,50');
      same(file.read(995, 10).length, 5);
      same(file.read(2000, 10).length, 0);
      const target = Buffer.alloc(10);
      same(file.readInto(495, target), 10);
      same([...target].join(), '49,49,49,49,49,50,50,50,50,50');
      same(file.readInto(995, target), 5);
      same(file.readInto(2000, target), 0);
      file.close();
    },
  },
  {
    name: 'the real path is told of what is there, and of nothing else',
    check(disk, folder) {
      disk.writeText(`${folder}/a/b`, 'text');
      for (const name of [`${folder}/a`, `${folder}/a/b`]) {
        same(disk.realPath(name), name);
        same(disk.isLink(name), false);
      }
      same(disk.realPath(`${folder}/a/none`), undefined);
      same(disk.isLink(`${folder}/a/none`), false);
    },
  },
  {
    name: 'two who have a file open see the same bytes',
    check(disk, folder) {
      const writer = disk.create(`${folder}/shared`);
      const reader = disk.open(`${folder}/shared`);
      writer.append(Buffer.from('one'));
      same(Buffer.from(reader.read(0, 10)).toString(), 'one');
      writer.append(Buffer.from('two'));
      same(reader.size(), 6);
      same(Buffer.from(reader.read(3, 10)).toString(), 'two');
      writer.close();
      reader.close();
    },
  },
  {
    name: 'after truncating, appends go on at the new end',
    check(disk, folder) {
      const file = disk.create(`${folder}/cut`);
      file.append(Buffer.from('abcdef'));
      file.truncate(2);
      file.append(Buffer.from('X'));
      file.close();
      const again = disk.open(`${folder}/cut`);
      again.append(Buffer.from('Y'));
      same(Buffer.from(again.read(0, 10)).toString(), 'abXY');
      again.close();
    },
  },
  {
    name: 'a folder that is not there lists nothing',
    check(disk, folder) {
      same(disk.list(`${folder}/fresh`).length, 0);
    },
  },
  {
    name: 'making a folder that is there does nothing',
    check(disk, folder) {
      disk.makeFolder(`${folder}/made/twice`);
      disk.makeFolder(`${folder}/made/twice`);
      same(disk.list(`${folder}/made/twice`).length, 0);
    },
  },
  {
    name: 'names are listed in order, folders too',
    check(disk, folder) {
      disk.writeText(`${folder}/list/b`, '');
      disk.writeText(`${folder}/list/a`, '');
      disk.writeText(`${folder}/list/c/inner`, '');
      same(disk.list(`${folder}/list`).join(), 'a,b,c');
    },
  },
  {
    name: 'removing is done once, and again without harm',
    check(disk, folder) {
      disk.writeText(`${folder}/gone`, 'x');
      disk.remove(`${folder}/gone`);
      disk.remove(`${folder}/gone`);
      same(disk.readText(`${folder}/gone`), undefined);
    },
  },
  {
    name: 'a text is replaced as a whole',
    check(disk, folder) {
      disk.writeText(`${folder}/text`, 'a longer text: äöü');
      disk.writeText(`${folder}/text`, 'short');
      same(disk.readText(`${folder}/text`), 'short');
      same(disk.list(folder).join(), 'text');
    },
  },
];

function same(found: unknown, expected: unknown): void {
  assert(
    found === expected,
    `expected ${JSON.stringify(expected)}, found ${JSON.stringify(found) ?? 'undefined'}`,
  );
}

function codeOfThrown(act: () => unknown): string | undefined {
  try {
    act();
  } catch (thrown) {
    return codeOf(thrown);
  }
  return undefined;
}
