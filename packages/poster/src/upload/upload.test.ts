import fs from 'node:fs';
import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ManualClock } from '../../test/manual-clock.ts';
import { ScriptedServer } from '../../test/scripted-server.ts';
import { temporaryFolder } from '../../test/temporary-folder.ts';
import { testTls } from '../../test/tls/test-only.ts';
import { systemClock } from '../clock.ts';
import { multipartEncode } from '../encode/multipart-encode.ts';
import { MultipartParam } from '../encode/multipart-param.ts';
import { fileSource } from '../source/file-source.ts';
import { NotReplayableError } from '../source/not-replayable-error.ts';
import { upload } from './upload.ts';
import type { UploadOptions } from './upload-options.ts';

const folder = temporaryFolder();
const tls = { ca: testTls.cert };
const large = new Uint8Array(30_000_000);

/** Sockets and pipes that this process holds: none of an upload's may be left. */
const openSockets = (): number =>
  process
    .getActiveResourcesInfo()
    .filter((name) => /^(TCPSocketWrap|TLSWrap|TCPWrap|FSReqPromise)$/.test(name)).length;

describe.each(['http', 'https'] as const)('over %s', (scheme) => {
  let server: ScriptedServer;
  beforeAll(async () => {
    server = await ScriptedServer.listen(scheme);
  });
  afterAll(() => server.close());

  const send = (params: Parameters<typeof upload>[1], options: UploadOptions = {}) =>
    upload(server.url, params, { tls, expect: false, ...options });

  test('a form arrives whole and its answer is given', async () => {
    const told: number[] = [];
    const form = multipartEncode({ a: '1', file: fileSource(folder.file('x.bin', new Uint8Array(700_000))) });
    const sending = send(form, { headers: { 'X-Extra': 'yes' }, onProgress: (p) => told.push(p.sentBytes) });
    const connection = await server.accept();
    const body = await connection.readRequest();
    await connection.answer(201, 'made', { 'X-Id': '7' });
    const response = await sending;
    expect(response).toMatchObject({
      status: 201,
      complete: true,
      bodyComplete: true,
      attempts: 1,
      ok: true,
    });
    expect(response.bytesSent).toBe(form.contentLength);
    expect([response.text(), response.headers.get('x-id')]).toEqual(['made', '7']);
    expect(body.length).toBe(form.contentLength);
    expect(connection.received).toContain('X-Extra: yes\r\n');
    expect(told.at(-1)).toBe(form.contentLength);
    await connection.untilClosed();
  });

  test('a refusal at once, then a reset, is heard', async () => {
    const sending = send({ large });
    const connection = await server.accept();
    await connection.readUntil(/\r\n\r\n/);
    await connection.answer(401, 'who are you?');
    connection.reset();
    const response = await sending;
    expect(response).toMatchObject({ status: 401, complete: false });
    expect(response.bytesSent).toBeLessThan(large.length);
    expect(response.text()).toBe('who are you?');
  });

  test('a refusal after a part of the body, then a close, is heard', async () => {
    const sending = send({ large });
    const connection = await server.accept();
    await connection.readBytes(5_000_000);
    await connection.answer(413, 'too large');
    connection.end();
    expect(await sending).toMatchObject({ status: 413, complete: false });
  });

  test('a refusal with the connection left open does not hang', async () => {
    const sending = send({ large });
    const connection = await server.accept();
    await connection.readUntil(/\r\n\r\n/);
    await connection.answer(403, 'no');
    expect(await sending).toMatchObject({ status: 403, complete: false });
    await connection.untilClosed();
  });

  test('a 307 in the middle of the body sends the form anew, from its start', async () => {
    const sending = send({ large });
    const first = await server.accept();
    await first.readBytes(2_000_000);
    await first.answer(307, '', { Location: '/other' });
    const second = await server.accept();
    await second.readRequest();
    await second.answer(200, 'here');
    expect(await sending).toMatchObject({
      status: 200,
      complete: true,
      attempts: 2,
      url: `${server.url}other`,
    });
    expect(second.received).toMatch(/^POST \/other HTTP/);
  });

  test('a 401 is answered with credentials', async () => {
    const asked: unknown[] = [];
    const sending = send(
      { file: fileSource(folder.file('again.txt', 'again')) },
      {
        onAuth: ({ url, headers, refusals }) => (
          asked.push([url, headers.get('www-authenticate'), refusals]),
          'Bearer ok'
        ),
      },
    );
    const first = await server.accept();
    await first.readRequest();
    await first.answer(401, '', { 'WWW-Authenticate': 'Bearer realm="x"' });
    const second = await server.accept();
    expect(await second.readRequest()).toContain('again');
    await second.answer(200);
    expect(await sending).toMatchObject({ status: 200, attempts: 2 });
    expect(second.received).toContain('Authorization: Bearer ok\r\n');
    expect(asked).toEqual([[server.url, 'Bearer realm="x"', 1]]);
  });

  test('a lost connection is tried again when that is asked for', async () => {
    const clock = new ManualClock();
    const sending = send({ a: 'b' }, { retry: 1, clock });
    const first = await server.accept();
    await first.readUntil(/\r\n\r\n/);
    first.reset();
    await first.untilClosed();
    // The wait before the retry is the only timer once the first connection is gone.
    while (clock.pending !== 1 || openSockets() > 2) await new Promise(setImmediate);
    clock.fireNext();
    const second = await server.accept();
    await second.readRequest();
    await second.answer(200);
    expect(await sending).toMatchObject({ status: 200, attempts: 2 });
    expect(clock.pending).toBe(0);
  });

  test('a stream that would have to be sent again is an error that has the answer', async () => {
    const stream = Readable.from([Buffer.from('once')]);
    const sending = send({ stream }, { onAuth: () => 'Basic eDp5' });
    const connection = await server.accept();
    await connection.readUntil(/0\r\n\r\n$/);
    await connection.answer(401, 'who?');
    const error = await sending.catch((error: unknown) => error);
    expect(error).toBeInstanceOf(NotReplayableError);
    expect(error).toMatchObject({ code: 'ERR_POSTER_NOT_REPLAYABLE', response: { status: 401 } });
    expect(stream.destroyed).toBe(true);
  });

  test('a stream that was not yet asked for is sent after a 401 all the same', async () => {
    const sending = send(
      { stream: Readable.from([Buffer.from('once')]) },
      { onAuth: () => 'Basic eDp5', expect: true },
    );
    const first = await server.accept();
    await first.readUntil(/\r\n\r\n/);
    await first.answer(401);
    const second = await server.accept();
    await second.readUntil(/\r\n\r\n/);
    await second.say('HTTP/1.1 100 Continue\r\n\r\n');
    await second.readUntil(/once[^]*0\r\n\r\n$/);
    await second.answer(200);
    expect(await sending).toMatchObject({ status: 200, complete: true, attempts: 2 });
  });

  test('a 417 sends again without Expect', async () => {
    const sending = send({ a: 'b' }, { expect: true });
    const first = await server.accept();
    await first.readUntil(/Expect: 100-continue[^]*\r\n\r\n/);
    await first.answer(417);
    const second = await server.accept();
    await second.readRequest();
    await second.answer(200);
    expect(await sending).toMatchObject({ status: 200, attempts: 2 });
    expect(second.received).not.toContain('Expect');
  });

  test.each([301, 302, 303])('a %d becomes a GET without the form', async (status) => {
    const sending = send({ a: 'b' });
    const first = await server.accept();
    await first.readRequest();
    await first.answer(status, '', { Location: '/seen' });
    const second = await server.accept();
    const head = await second.readUntil(/^.*\r\n\r\n/s);
    await second.answer(200, 'seen');
    expect(head[0]).toMatch(/^GET \/seen HTTP\/1.1\r\n/);
    expect(head[0]).not.toMatch(/content-/i);
    expect(await sending).toMatchObject({ status: 200, complete: true });
  });

  test('an abort ends it and closes everything', async () => {
    const abort = new AbortController();
    const reason = new Error('enough');
    const sending = send({ large }, { signal: abort.signal });
    const connection = await server.accept();
    await connection.readBytes(100_000);
    abort.abort(reason);
    await expect(sending).rejects.toBe(reason);
    await connection.untilClosed();
  });

  test('a server that hangs up without an answer is an error', async () => {
    for (const leave of ['end', 'reset'] as const) {
      const sending = send({ large });
      const failed = expect(sending).rejects.toMatchObject({ code: 'ERR_POSTER_RESET' });
      const connection = await server.accept();
      await connection.readBytes(100_000);
      connection[leave]();
      await failed;
    }
  });

  test('an answer that is cut, or not HTTP, is an error', async () => {
    const cut = send({ a: 'b' });
    const first = await server.accept();
    await first.readRequest();
    await first.say('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf');
    first.end();
    await expect(cut).rejects.toMatchObject({ code: 'ERR_POSTER_RESPONSE_CUT' });

    const strange = send({ a: 'b' });
    const second = await server.accept();
    await second.readRequest();
    await second.say('220 smtp.example ESMTP\r\n');
    await expect(strange).rejects.toMatchObject({ code: 'ERR_POSTER_BAD_RESPONSE' });
  });

  test('a file that shrinks meanwhile is an error, and the server never has a whole body', async () => {
    const path = folder.file(`shrinks-${scheme}`, new Uint8Array(20_000_000));
    const sending = send({ file: fileSource(path) });
    const failed = expect(sending).rejects.toMatchObject({
      code: 'ERR_POSTER_FILE_CHANGED',
      expectedBytes: 20_000_000,
      actualBytes: 1000,
    });
    const connection = await server.accept();
    await connection.readUntil(/\r\n\r\n/);
    fs.truncateSync(path, 1000);
    await connection.readRequest().catch(() => {});
    await failed;
    expect(connection.received.length).toBeLessThan(20_000_000);
  });

  test('leaves no socket and no file open', async () => {
    const before = openSockets();
    const sending = send({ a: 'b' });
    const connection = await server.accept();
    await connection.readRequest();
    await connection.answer(200);
    await sending;
    await connection.untilClosed();
    expect(openSockets()).toBeLessThanOrEqual(before);
  });
});

describe('credentials', () => {
  let servers: ScriptedServer[] = [];
  afterEach(async () => {
    await Promise.all(servers.map((server) => server.close()));
    servers = [];
  });

  test('stay with the server they were given for', async () => {
    servers = [await ScriptedServer.listen('http'), await ScriptedServer.listen('http')];
    const [here, there] = servers as [ScriptedServer, ScriptedServer];
    const url = new URL(here.url);
    url.username = 'me';
    url.password = 'sec ret';
    const sending = upload(url, { a: 'b' }, { headers: { Cookie: 'a=b', 'X-Kept': 'yes' } });
    const first = await here.accept();
    await first.readRequest();
    expect(first.received).toContain(
      `Authorization: Basic ${Buffer.from('me:sec ret').toString('base64')}\r\n`,
    );
    expect(first.received).toContain('Cookie: a=b\r\n');
    await first.answer(307, '', { Location: there.url });
    const second = await there.accept();
    await second.readRequest();
    await second.answer(200);
    expect(await sending).toMatchObject({ status: 200, url: there.url });
    expect(second.received).not.toMatch(/Authorization|Cookie/);
    expect(second.received).toContain('X-Kept: yes\r\n');
  });

  test('that are refused are not sent for ever', async () => {
    servers = [await ScriptedServer.listen('http')];
    const [server] = servers as [ScriptedServer];
    let asked = 0;
    const sending = upload(server.url, { a: 'b' }, { onAuth: () => `Bearer ${(asked += 1)}` });
    for (let attempt = 0; attempt < 4; attempt += 1) {
      const connection = await server.accept();
      await connection.readRequest();
      await connection.answer(401);
    }
    expect(await sending).toMatchObject({ status: 401, attempts: 4 });
    expect(asked).toBe(3);
  });
});

describe('options', () => {
  test('that are wrong are all told at once, and nothing is left open', async () => {
    const stream = fs.createReadStream(folder.file('unsent', 'x'));
    const wrong = {
      method: 'GET',
      headers: { 'X-A': 'a\r\nX-B: b', 'Content-Type': 'x' },
      idleMs: -1,
      proxy: 'socks5://x',
      timeout: 1,
    };
    const error: unknown = await upload('http://127.0.0.1/', { stream }, wrong as UploadOptions).catch(
      (error: unknown) => error,
    );
    expect(error).toMatchObject({ code: 'ERR_POSTER_OPTION' });
    for (const word of ['method', 'X-A', 'Content-Type', 'idleMs', 'proxy', '"timeout"']) {
      expect((error as Error).message).toContain(word);
    }
    expect(stream.destroyed).toBe(true);
  });

  test.each(['ftp://x/', 'nothing', '/path'])('want an http or https URL, not %s', async (url) => {
    await expect(upload(url, { a: 'b' })).rejects.toMatchObject({ code: 'ERR_POSTER_OPTION' });
  });

  test('for progress may throw, which ends the upload', async () => {
    const server = await ScriptedServer.listen('http');
    const mine = new Error('mine');
    const sending = upload(
      server.url,
      [
        new MultipartParam('a', 'b', {
          onProgress() {
            throw mine;
          },
        }),
      ],
      { clock: systemClock },
    );
    const failed = expect(sending).rejects.toBe(mine);
    const connection = await server.accept();
    await connection.readUntil(/\r\n\r\n/);
    await failed;
    await server.close();
  });
});
