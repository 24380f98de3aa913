import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../test/temporary-folder.ts';
import { fileSource } from './file-source.ts';
import type { Source } from './source.ts';

const folder = temporaryFolder();

async function read(source: Source, blockBytes = 4): Promise<string> {
  const reading = await source.open();
  const blocks: Buffer[] = [];
  try {
    for (;;) {
      const block = await reading.read(new Uint8Array(blockBytes));
      if (block === undefined) return Buffer.concat(blocks).toString();
      blocks.push(Buffer.from(block));
    }
  } finally {
    await reading.close();
  }
}

describe('a file', () => {
  test('is read as often as it is opened', async () => {
    const source = fileSource(folder.file('a', 'abcdefghij'));
    expect(source.lengthBytes).toBe(10);
    expect(await read(source)).toBe('abcdefghij');
    expect(await read(source)).toBe('abcdefghij');
  });

  test('can be sent in part', async () => {
    const path = folder.file('range', 'abcdefghij');
    expect(await read(fileSource(path, { start: 2, end: 9 }))).toBe('cdefghi');
    expect(await read(fileSource(path, { start: 10 }))).toBe('');
    expect(await read(fileSource(path, { end: 0 }))).toBe('');
  });

  test.each([{ start: -1 }, { start: 4, end: 3 }, { end: 11 }, { start: 0.5 }])(
    'has no range %j',
    (range) => {
      expect(() => fileSource(folder.file('short', 'abcdefghij'), range)).toThrow(
        expect.objectContaining({ code: 'ERR_POSTER_LENGTH' }),
      );
    },
  );

  test('with an end may grow while it is sent', async () => {
    const path = folder.file('log', 'abcdef');
    const source = fileSource(path, { end: 6 });
    fs.appendFileSync(path, 'more');
    expect(await read(source)).toBe('abcdef');
  });
});

describe('a file that changed is an error with the byte counts', () => {
  const changes: [string, (path: string) => void, number][] = [
    ['shrank', (path) => fs.truncateSync(path, 5), 5],
    ['grew', (path) => fs.appendFileSync(path, 'xy'), 12],
    ['was written to', (path) => fs.utimesSync(path, 1, 1), 10],
  ];

  test.each(changes)('when it %s before it was opened', async (_how, change, actualBytes) => {
    const path = folder.file('changing', 'abcdefghij');
    const source = fileSource(path);
    change(path);
    await expect(source.open()).rejects.toMatchObject({
      code: 'ERR_POSTER_FILE_CHANGED',
      expectedBytes: 10,
      actualBytes,
    });
  });

  test.each(changes)(
    'when it %s while it was read, before its last block is given',
    async (_how, change, actualBytes) => {
      const path = folder.file('changing', 'abcdefghij');
      const reading = await fileSource(path).open();
      const first = await reading.read(new Uint8Array(8));
      expect(first).toHaveLength(8);
      change(path);
      await expect(reading.read(new Uint8Array(8))).rejects.toMatchObject({
        code: 'ERR_POSTER_FILE_CHANGED',
        expectedBytes: 10,
        actualBytes,
      });
      await reading.close();
      await reading.close();
    },
  );

  test('when another took its place', async () => {
    const path = folder.file('replaced', 'abcdefghij');
    const source = fileSource(path);
    fs.renameSync(folder.file('other', 'ABCDEFGHIJ'), path);
    await expect(source.open()).rejects.toMatchObject({ code: 'ERR_POSTER_FILE_CHANGED' });
  });

  test('when it is gone', async () => {
    const path = folder.file('gone', 'x');
    const source = fileSource(path);
    fs.rmSync(path);
    await expect(source.open()).rejects.toMatchObject({ code: 'ERR_POSTER_FILE_MISSING' });
  });
});

describe('a path is refused at once', () => {
  test('when nothing is there', () => {
    expect(() => fileSource(`${folder.path}/none`)).toThrow(
      expect.objectContaining({
        code: 'ERR_POSTER_FILE_MISSING',
        cause: expect.objectContaining({ code: 'ENOENT' }),
      }),
    );
    expect(() => fileSource(`${folder.file('plain', '')}/under`)).toThrow(
      expect.objectContaining({ code: 'ERR_POSTER_FILE_MISSING' }),
    );
  });

  test('when it is a directory or a device', () => {
    for (const path of [folder.path, ...(process.platform === 'win32' ? [] : ['/dev/null'])]) {
      expect(() => fileSource(path)).toThrow(expect.objectContaining({ code: 'ERR_POSTER_NOT_A_FILE' }));
    }
  });

  // The superuser may read everything, so there it cannot be seen.
  test.skipIf(process.getuid?.() === 0 || process.platform === 'win32')('when it may not be read', () => {
    const path = folder.file('secret', 'x');
    fs.chmodSync(path, 0);
    expect(() => fileSource(path)).toThrow(expect.objectContaining({ code: 'ERR_POSTER_FILE_FORBIDDEN' }));
  });
});
