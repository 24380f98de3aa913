import { once } from 'node:events';
import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { bytesOf } from '../../test/bytes-of.ts';
import { temporaryFolder } from '../../test/temporary-folder.ts';
import { multipartEncode } from './multipart-encode.ts';
import { MultipartParam, type ParamValue } from './multipart-param.ts';

const folder = temporaryFolder();

async function* chunks(...all: (string | Uint8Array)[]): AsyncGenerator<string | Uint8Array> {
  yield* all;
}

describe('params', () => {
  const values = async (params: Parameters<typeof multipartEncode>[0]): Promise<[string, unknown][]> => {
    const form = multipartEncode(params);
    const read = await new Response(form.toWeb(), { headers: form.headers }).formData();
    return [...read].map(([name, value]) => [name, typeof value === 'string' ? value : value.name]);
  };

  test('come as an object, a Map, pairs, params and a generator', async () => {
    const expected = [
      ['a', '1'],
      ['b', 'true'],
    ];
    expect(await values({ a: 1, b: true })).toEqual(expected);
    expect(
      await values(
        new Map<string, ParamValue>([
          ['a', '1'],
          ['b', true],
        ]),
      ),
    ).toEqual(expected);
    expect(await values([['a', 1n], new MultipartParam('b', 'true')])).toEqual(expected);
    expect(await values({ a: new MultipartParam('a', '1'), b: true })).toEqual(expected);
    expect(
      await values(
        (function* () {
          yield ['a', '1'] as const;
          yield ['b', 'true'] as const;
        })(),
      ),
    ).toEqual(expected);
  });

  test('whose name is not their key’s are refused', () => {
    expect(() => multipartEncode({ a: new MultipartParam('b', '') })).toThrow(
      expect.objectContaining({ code: 'ERR_POSTER_NAME' }),
    );
  });

  test.each([undefined, null, {}, ['x'], Symbol('x')])('with the value %s are refused', (value) => {
    expect(() => multipartEncode([['a', value as string]])).toThrow(
      expect.objectContaining({ code: 'ERR_POSTER_VALUE' }),
    );
  });

  test.each([-1, 1.5, Number.NaN, Infinity, 2 ** 53])('of the length %d are refused', (lengthBytes) => {
    expect(() => new MultipartParam('a', chunks(''), { lengthBytes })).toThrow(
      expect.objectContaining({ code: 'ERR_POSTER_LENGTH' }),
    );
  });

  test('whose length is not that of their value are refused', () => {
    expect(() => new MultipartParam('a', 'four', { lengthBytes: 5 })).toThrow(
      expect.objectContaining({ code: 'ERR_POSTER_LENGTH' }),
    );
  });

  test.each([
    [{ 'X-A': 'a\r\nX-B: b' }],
    [{ 'X-A\r\nX-B': 'a' }],
    [{ 'X A': 'a' }],
    [{ 'Content-Disposition': 'form-data' }],
  ])('with the header %j are refused', (headers) => {
    expect(() => new MultipartParam('a', '', { headers })).toThrow(
      expect.objectContaining({ code: 'ERR_POSTER_HEADER' }),
    );
  });

  test('with a type that would break the head are refused', () => {
    expect(() => new MultipartParam('a', '', { type: 'text/plain\r\nX: y' })).toThrow(
      expect.objectContaining({ code: 'ERR_POSTER_HEADER' }),
    );
  });

  test('with an option that is none are refused', () => {
    expect(() => new MultipartParam('a', '', { filename: 'x' } as object)).toThrow('"filename"');
  });
});

describe('names', () => {
  const headOf = async (name: string, fileName?: string, fileNameStar = false): Promise<string> => {
    const form = multipartEncode([new MultipartParam(name, '', { fileName, fileNameStar })], {
      boundary: 'b',
    });
    return /Content-Disposition: (.*)\r\n/.exec((await bytesOf(form.open())).toString())?.[1] ?? '';
  };

  test('are escaped as WHATWG says', async () => {
    expect(await headOf('a"b\r\nc\nd', 'e"f\rg.txt')).toBe(
      'form-data; name="a%22b%0D%0Ac%0D%0Ad"; filename="e%22f%0Dg.txt"',
    );
    expect(await headOf('日本 😀 %22')).toBe('form-data; name="日本 😀 %22"');
    expect(await headOf('lone \ud800')).toBe('form-data; name="lone \ufffd"');
  });

  test.each([
    ['/etc/passwd', 'passwd'],
    ['C:\\Users\\me\\a.txt', 'a.txt'],
    ['..\\../x', 'x'],
  ])('of the file %j lose their folders', async (path, base) => {
    expect(await headOf('a', path)).toBe(`form-data; name="a"; filename="${base}"`);
  });

  test.each(['a/', '..', 'a\\..'])('of the file %j are refused', async (path) => {
    await expect(headOf('a', path)).rejects.toMatchObject({ code: 'ERR_POSTER_NAME' });
  });

  test('are sent as filename* too when asked for', async () => {
    expect(await headOf('a', "naïve 'x' (1)*.txt", true)).toBe(
      'form-data; name="a"; filename="naïve \'x\' (1)*.txt"; filename*=UTF-8\'\'na%C3%AFve%20%27x%27%20%281%29%2A.txt',
    );
  });

  test('are taken from a File, a Blob and a file stream', async () => {
    const stream = fs.createReadStream(folder.file('streamed.bin', 'x'));
    const form = multipartEncode({ f: new File([''], 'f.png'), b: new Blob(['']), s: stream });
    expect(form.params.map((param) => [param.fileName, param.type])).toEqual([
      ['f.png', 'application/octet-stream'],
      ['blob', 'application/octet-stream'],
      ['streamed.bin', 'application/octet-stream'],
    ]);
    form.discard();
    await once(stream, 'close');
  });

  test('must not be empty', async () => {
    await expect(headOf('')).rejects.toMatchObject({ code: 'ERR_POSTER_NAME' });
  });
});
