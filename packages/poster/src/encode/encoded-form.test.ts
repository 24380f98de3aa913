import fc from 'fast-check';
import fs from 'node:fs';
import { finished } from 'node:stream/promises';
import { describe, expect, test } from 'vitest';
import { bytesOf } from '../../test/bytes-of.ts';
import { temporaryFolder } from '../../test/temporary-folder.ts';
import { multipartEncode } from './multipart-encode.ts';
import { MultipartParam } from './multipart-param.ts';
import type { PartProgress, Progress } from './progress.ts';

const folder = temporaryFolder();

async function* chunks(...all: (string | Uint8Array)[]): AsyncGenerator<string | Uint8Array> {
  yield* all;
}

describe('the bytes of a form', () => {
  test('are these: fields, a file, a closing delimiter', async () => {
    const path = folder.file('notes.txt', 'hello');
    const form = multipartEncode(
      [
        ['title', 'Grüße'],
        MultipartParam.fromFile('file', path),
        new MultipartParam('raw', new Uint8Array([0, 255]), { headers: { 'X-Kind': 'tail' } }),
      ],
      { boundary: 'b' },
    );
    const golden = [
      '--b\r\nContent-Disposition: form-data; name="title"\r\n\r\nGrüße\r\n',
      '--b\r\nContent-Disposition: form-data; name="file"; filename="notes.txt"\r\nContent-Type: text/plain\r\n\r\nhello\r\n',
      '--b\r\nContent-Disposition: form-data; name="raw"\r\nX-Kind: tail\r\n\r\n',
    ].join('');
    const bytes = await bytesOf(form.open());
    expect(bytes.toString('latin1')).toBe(`${Buffer.from(golden).toString('latin1')}\0\xff\r\n--b--\r\n`);
    expect(form.headers).toEqual({
      'Content-Type': 'multipart/form-data; boundary=b',
      'Content-Length': String(bytes.length),
    });
  });

  test('of an empty form are its closing delimiter', async () => {
    const form = multipartEncode([], { boundary: 'b' });
    expect((await bytesOf(form.open())).toString()).toBe('--b--\r\n');
    expect(form.contentLength).toBe(7);
  });

  test('are those that Response makes of the same FormData', async () => {
    const data = new FormData();
    data.append('a "quoted"\r\nname', 'value');
    data.append('file', new File(['content'], 'näme "1".txt', { type: 'text/x-test' }));
    const theirs = new Response(data);
    const boundary = /boundary=(.*)$/.exec(theirs.headers.get('content-type') ?? '')?.[1] ?? '';
    const ours = await bytesOf(multipartEncode(data, { boundary }).open());
    expect(ours.toString().trimEnd()).toBe((await theirs.text()).trimEnd());
  });

  test('have a length without Content-Length where a source does not tell its own', () => {
    const form = multipartEncode({ a: chunks('x') });
    expect(form.contentLength).toBeUndefined();
    expect(form.headers).not.toHaveProperty('Content-Length');
  });

  test('are the same however a source cuts its chunks, and are as many as was said', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.string({ minLength: 1 }), fc.array(fc.uint8Array({ maxLength: 70_000 })))),
        async (fields) => {
          const whole = fields.map(([name, pieces]) => [name, Buffer.concat(pieces)] as const);
          const cut = fields.map(([name, pieces]) => {
            const lengthBytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
            return new MultipartParam(name, () => chunks(...pieces), { lengthBytes });
          });
          const expected = await bytesOf(multipartEncode(whole, { boundary: 'zz9zz' }).open());
          const form = multipartEncode(cut, { boundary: 'zz9zz' });
          expect(await bytesOf(form.open())).toEqual(expected);
          expect(form.contentLength).toBe(expected.length);
          const web = Buffer.from(await new Response(form.toWeb()).arrayBuffer());
          expect(web.equals(expected)).toBe(true);
          expect((await bytesOf(form.toNode())).equals(expected)).toBe(true);
        },
      ),
      { numRuns: 30 },
    );
  });

  test('are parsed back by undici as what was put in', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.stringMatching(/^[^\r\n"\0]+$/), fc.string()), { minLength: 1 }),
        async (fields) => {
          const form = multipartEncode(fields);
          const read = await new Response(form.toWeb(), { headers: form.headers }).formData();
          expect([...read]).toEqual(
            fields.map(([name, value]) => [name.toWellFormed(), value.toWellFormed()]),
          );
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('a pass', () => {
  test('is fresh each time: breaking off one leaves the next whole', async () => {
    const big = new Uint8Array(1_000_000).fill(7);
    const form = multipartEncode({ big, file: new Blob([big]) });
    const first = form.open();
    await first.next();
    await first.return?.();
    const again = await bytesOf(form.open());
    expect(again.length).toBe(form.contentLength);
    expect(again.equals(await bytesOf(form.open()))).toBe(true);
  });

  test('over a stream that was read is refused', async () => {
    const form = multipartEncode({ once: chunks('abc') });
    expect(form.replayable).toBe(false);
    await bytesOf(form.open());
    expect(() => form.open()).toThrow(expect.objectContaining({ code: 'ERR_POSTER_NOT_REPLAYABLE' }));
  });

  test('sends what it has before it waits for a stream', async () => {
    const gate = Promise.withResolvers<string>();
    const form = multipartEncode([
      ['a', '1'],
      ['b', () => chunksAfter(gate.promise)],
    ]);
    const body = form.open();
    const first = await body.next();
    expect(Buffer.from(first.value ?? []).toString()).toContain('name="b"');
    gate.resolve('late');
    expect((await bytesOf(body)).toString()).toMatch(/^late/);
  });

  test('can be given up while a stream is silent, and ends the stream', async () => {
    let cancelled: unknown;
    const silent = new ReadableStream<Uint8Array>({ cancel: (reason) => void (cancelled = reason ?? 'yes') });
    const body = multipartEncode({ silent }).open();
    await body.next();
    const pending = body.next();
    await body.return?.();
    await pending;
    expect(cancelled).toBe('yes');
  });
});

async function* chunksAfter(text: Promise<string>): AsyncGenerator<string> {
  yield await text;
}

describe('progress', () => {
  test('tells each part to its end, and the whole', async () => {
    const parts: PartProgress[] = [];
    const wholes: Progress[] = [];
    const form = multipartEncode(
      [
        new MultipartParam('a', 'xyz', { onProgress: (progress) => parts.push(progress) }),
        new MultipartParam('empty', '', { onProgress: (progress) => parts.push(progress) }),
        new MultipartParam('b', new Uint8Array(100_000), { onProgress: (progress) => parts.push(progress) }),
      ],
      { onProgress: (progress) => wholes.push(progress) },
    );
    await bytesOf(form.open());
    const ends = parts
      .filter((part) => part.done)
      .map((part) => [part.name, part.sentBytes, part.totalBytes]);
    expect(ends).toEqual([
      ['a', 3, 3],
      ['empty', 0, 0],
      ['b', 100_000, 100_000],
    ]);
    expect(wholes.at(-1)).toMatchObject({ sentBytes: form.contentLength, totalBytes: form.contentLength });
  });

  test('has the speed and time left of a steady sender', async () => {
    let nowMs = 0;
    const clock = { now: () => (nowMs += 1000), after: () => () => {} };
    const wholes: Progress[] = [];
    const form = multipartEncode(
      {
        a: new MultipartParam(
          'a',
          () => chunks(...Array.from({ length: 10 }, () => new Uint8Array(70_000))),
          { lengthBytes: 700_000 },
        ),
      },
      { onProgress: (progress) => wholes.push(progress) },
    );
    await bytesOf(form.open({ clock }));
    const steady = wholes.at(-2);
    expect(steady?.bytesPerSecond).toBeGreaterThan(60_000);
    expect(steady?.bytesPerSecond).toBeLessThan(70_001);
    expect(wholes.at(-1)?.secondsLeft).toBe(0);
  });
});

describe('a boundary of the caller’s', () => {
  test.each(['', 'a b ', 'x'.repeat(71), 'a\r\nb', 'ä', 'a"b'])('%j is refused', (boundary) => {
    expect(() => multipartEncode({}, { boundary })).toThrow(
      expect.objectContaining({ code: 'ERR_POSTER_BOUNDARY' }),
    );
  });

  test('is quoted where it must be', () => {
    expect(multipartEncode({}, { boundary: 'a:b?c' }).headers['Content-Type']).toBe(
      'multipart/form-data; boundary="a:b?c"',
    );
  });

  test('is found in the content wherever a block’s edge cuts it', async () => {
    const content = 'before\r\n--cut-here after';
    for (let at = 0; at <= content.length; at += 1) {
      for (const bytes of [1, 3, content.length]) {
        const pieces = [
          content.slice(0, at),
          ...(content.slice(at).match(new RegExp(`.{1,${bytes}}`, 'gs')) ?? []),
        ];
        const form = multipartEncode({ a: () => chunks(...pieces) }, { boundary: 'cut-here' });
        await expect(bytesOf(form.open())).rejects.toMatchObject({ code: 'ERR_POSTER_BOUNDARY_IN_CONTENT' });
      }
    }
  });

  test('is found at the very start of the content, and after a bare LF', async () => {
    for (const value of ['--bb', 'x\n--bb']) {
      await expect(bytesOf(multipartEncode({ a: value }, { boundary: 'bb' }).open())).rejects.toMatchObject({
        code: 'ERR_POSTER_BOUNDARY_IN_CONTENT',
      });
    }
  });

  test('may stand in the content where it is no delimiter', async () => {
    const form = multipartEncode({ a: 'x --bb y', b: '-bb', c: '\r\n-', d: '-bb' }, { boundary: 'bb' });
    expect((await bytesOf(form.open())).length).toBe(form.contentLength);
  });

  test('made here has 128 random bits', () => {
    const made = Array.from({ length: 100 }, () => multipartEncode({}).boundary);
    expect(new Set(made).size).toBe(100);
    for (const boundary of made) expect(boundary).toMatch(/^poster-[0-9a-f]{32}$/);
  });
});

describe('a source that breaks its word', () => {
  test.each([
    ['ends early', ['ab'], 3, 2],
    ['gives too much', ['ab', 'cd'], 3, 4],
  ])('and %s fails with the byte counts', async (_what, pieces, lengthBytes, actualBytes) => {
    const form = multipartEncode([new MultipartParam('a', () => chunks(...pieces), { lengthBytes })]);
    await expect(bytesOf(form.open())).rejects.toMatchObject({
      code: 'ERR_POSTER_LENGTH_MISMATCH',
      expectedBytes: lengthBytes,
      actualBytes,
    });
  });

  test('by throwing fails with its error as the cause', async () => {
    const cause = new Error('disk on fire');
    const form = multipartEncode({ a: chunksAfter(Promise.reject(cause)) });
    await expect(bytesOf(form.open())).rejects.toMatchObject({ code: 'ERR_POSTER_SOURCE', cause });
  });

  test('with chunks of another kind is told so', async () => {
    const form = multipartEncode({ a: chunks(5 as unknown as string) });
    await expect(bytesOf(form.open())).rejects.toMatchObject({ code: 'ERR_POSTER_VALUE' });
  });

  test('a file stream that is not there does not end the process before it is read', async () => {
    const stream = fs.createReadStream(`${folder.path}/none`);
    const form = multipartEncode({ a: stream });
    await finished(stream).catch(() => {});
    await expect(bytesOf(form.open())).rejects.toMatchObject({ code: 'ERR_POSTER_SOURCE' });
  });
});
