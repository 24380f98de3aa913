import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { diskConformance } from '@millrace/testkit/disk-conformance';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nodeDisk } from './node-disk.ts';

describe('the disk of the machine', () => {
  let folder: string;

  beforeEach(() => {
    folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-disk-')));
  });

  afterEach(() => {
    fs.rmSync(folder, { recursive: true });
  });

  for (const one of diskConformance) test(one.name, () => one.check(nodeDisk, folder));

  test('tells the rights of a folder, and of nothing else', () => {
    const [made, file, link] = ['made', 'file', 'link'].map((name) => path.join(folder, name)) as [
      string,
      string,
      string,
    ];
    nodeDisk.makeFolder(made);
    nodeDisk.writeText(file, 'x');
    fs.symlinkSync(made, link);
    fs.chmodSync(made, 0o1750);
    expect(nodeDisk.folderRights(made)).toBe(0o1750);
    for (const other of [file, link, path.join(folder, 'none')])
      expect(nodeDisk.folderRights(other)).toBeUndefined();
  });

  test('removes a folder with all that a build may have left in it, and nothing that a link leads to', async () => {
    const build = path.join(folder, 'build');
    const outside = path.join(folder, 'outside');
    nodeDisk.writeText(path.join(outside, 'precious'), 'x');
    nodeDisk.writeText(path.join(build, 'cache', 'module', 'file'), 'x');
    fs.symlinkSync(outside, path.join(build, 'link'));
    fs.symlinkSync('nowhere', path.join(build, 'broken'));
    fs.chmodSync(path.join(build, 'cache', 'module'), 0o500);
    fs.chmodSync(path.join(build, 'cache'), 0o000);
    expect(nodeDisk.isLink(path.join(build, 'link'))).toBe(true);
    expect(nodeDisk.realPath(path.join(build, 'link'))).toBe(outside);
    expect(nodeDisk.realPath(path.join(build, 'broken'))).toBeUndefined();
    await nodeDisk.removeTree(build);
    await nodeDisk.removeTree(build);
    expect(fs.readdirSync(folder)).toEqual(['outside']);
    expect(fs.readdirSync(outside)).toEqual(['precious']);
  });
});
