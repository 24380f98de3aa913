import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { freeSpace } from './free-space.ts';
import { mountedVolumes } from './mounted-volumes.ts';
import type { VolumeReader } from './volume-reader.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'disk-space-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

/** What `df` says of the volume that holds a path, in bytes; `undefined` where there is no such `df`. */
function df(measured: string): { total: bigint; used: bigint; free: bigint } | undefined {
  const args = ['-B1', '--output=size,used,avail', '--', measured];
  const { status, stdout } = spawnSync('df', args, {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, LC_ALL: 'C' },
  });
  const figures = /(\d+)\s+(\d+)\s+(\d+)\s*$/.exec(stdout ?? '');
  if (status !== 0 || figures === null) return undefined;
  return { total: BigInt(figures[1]!), used: BigInt(figures[2]!), free: BigInt(figures[3]!) };
}

/**
 * Asks df before and after, and again while others write to the volume between the two. Where they never
 * stop writing, what was measured lies between the two looks.
 */
async function equalsDf(measured: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const before = df(measured);
    const space = await freeSpace(measured);
    const after = df(measured);
    if (before === undefined || after === undefined) throw new Error(`df does not know ${measured}`);
    expect(space.totalBytes, measured).toBe(after.total);
    const still = before.free === after.free && before.used === after.used;
    if (!still && tries < 50) continue;
    if (!between(before.free, space.freeBytes, after.free) && !still) continue;
    if (!between(before.used, space.usedBytes, after.used) && !still) continue;
    const figures = { used: space.usedBytes, free: space.freeBytes };
    if (still) expect(figures, measured).toEqual({ used: after.used, free: after.free });
    return;
  }
  throw new Error(`${measured} was never measured as df had it`);
}

function between(one: bigint, value: bigint, other: bigint): boolean {
  return one < other ? one <= value && value <= other : other <= value && value <= one;
}

const dfIsHere = df('/') !== undefined;

describe('freeSpace beside df', () => {
  test.skipIf(!dfIsHere)('every mounted volume has the same figures, to the byte', async () => {
    const mounted = await mountedVolumes();
    const paths = mounted.kind === 'known' ? mounted.volumes.map((volume) => volume.path) : [os.homedir()];
    const readable = [...new Set(paths)].filter((mount) => df(mount) !== undefined);
    expect(readable).toContain('/');
    for (const mount of readable) await equalsDf(mount);
  });

  test.skipIf(!dfIsHere)('a full small volume has nothing free', async ({ skip }) => {
    const mount = path.join(folder, 'full');
    fs.mkdirSync(mount);
    const mounting = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=65536', 'tmpfs', mount]);
    if (mounting.status !== 0) skip('this machine does not let a test mount a volume');
    try {
      expect(() => fs.writeFileSync(path.join(mount, 'all'), Buffer.alloc(70_000))).toThrow('ENOSPC');
      await equalsDf(mount);
      const space = await freeSpace(path.join(mount, 'one', 'more'));
      expect(space).toMatchObject({
        measuredPath: mount,
        freeBytes: 0n,
        totalBytes: 65_536n,
        usedBytes: 65_536n,
      });
    } finally {
      spawnSync('umount', [mount]);
    }
  });
});

describe('freeSpace of a path that does not exist yet', () => {
  test('measures the nearest parent that exists', async () => {
    const space = await freeSpace(path.join(folder, 'not', 'made', 'yet'));
    expect(space.measuredPath).toBe(folder);
    expect(space.path).toBe(path.join(folder, 'not', 'made', 'yet'));
  });

  test('a path below a file measures the file, and a name too long its folder', async () => {
    const file = path.join(folder, 'file');
    fs.writeFileSync(file, '');
    expect((await freeSpace(path.join(file, 'below'))).measuredPath).toBe(file);
    expect((await freeSpace(path.join(folder, 'n'.repeat(300)))).measuredPath).toBe(folder);
  });

  test('a dangling link is measured where it points, relative to the folder it stands in', async () => {
    const there = path.join(folder, 'there');
    const links = path.join(folder, 'links');
    fs.mkdirSync(there);
    fs.mkdirSync(links);
    fs.symlinkSync('../there/not-yet', path.join(links, 'dangling'));
    expect((await freeSpace(path.join(links, 'dangling', 'deeper'))).measuredPath).toBe(
      fs.realpathSync(there),
    );
  });

  test('a relative path is measured from the working directory, a file: URL as its path', async () => {
    expect((await freeSpace('no-such-folder/x')).measuredPath).toBe(process.cwd());
    expect((await freeSpace(pathToFileURL(folder))).path).toBe(folder);
  });
});

describe('freeSpace of what cannot be measured', () => {
  const failing = (code: string): VolumeReader => ({
    platform: 'linux',
    absolute: (asked) => asked,
    counts: () => Promise.reject(Object.assign(new Error(code), { code })),
    linkTarget: () => Promise.resolve(undefined),
    parent: (child) => path.posix.dirname(child),
  });

  test.each(['', 'a\0b', new URL('https://example.org/')])('%j is an invalid path', async (asked) => {
    await expect(freeSpace(asked)).rejects.toMatchObject({ name: 'DiskSpaceError', code: 'invalid-path' });
  });

  test('a loop of links is an invalid path', async () => {
    const loop = path.join(folder, 'loop');
    fs.symlinkSync('loop', loop);
    await expect(freeSpace(loop)).rejects.toMatchObject({ code: 'invalid-path', path: loop });
  });

  test('dangling links that point to each other end, even where the system does not say so', async () => {
    const reader = { ...failing('ENOENT'), linkTarget: () => Promise.resolve('/a') };
    await expect(freeSpace('/a', { reader })).rejects.toMatchObject({ code: 'invalid-path' });
  });

  test.each([
    ['ENOENT', 'nothing-exists'],
    ['EACCES', 'access-denied'],
    ['EIO', 'unreadable'],
  ])('%s is told as %s, with its cause', async (systemCode, code) => {
    const asked = freeSpace('/a/b', { reader: failing(systemCode) });
    await expect(asked).rejects.toMatchObject({ code, path: '/a/b', cause: { code: systemCode } });
  });

  test('a share that does not answer is waited for until the signal, and no longer', async () => {
    const never: VolumeReader = { ...failing('EIO'), counts: () => new Promise(() => {}) };
    const controller = new AbortController();
    const asked = freeSpace('/share', { reader: never, signal: controller.signal });
    controller.abort(new Error('waited long enough'));
    await expect(asked).rejects.toThrow('waited long enough');
    const aborted = AbortSignal.abort(new Error('already'));
    await expect(freeSpace('/', { signal: aborted })).rejects.toThrow('already');
  });
});
