import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ManualClock } from '../../test/manual-clock.ts';
import { ScriptedServer } from '../../test/scripted-server.ts';
import { testTls } from '../../test/tls/test-only.ts';
import { upload } from './upload.ts';

const tls = { ca: testTls.cert };

describe('no connection', () => {
  test('to a port where nobody listens', async () => {
    const server = await ScriptedServer.listen('http');
    await server.close();
    await expect(upload(server.url, { a: 'b' })).rejects.toMatchObject({
      code: 'ERR_POSTER_CONNECT',
      cause: { code: 'ECONNREFUSED' },
    });
  });

  test('to a server whose certificate is wrong', async () => {
    const server = await ScriptedServer.listen('https');
    await expect(upload(server.url, { a: 'b' })).rejects.toMatchObject({
      code: 'ERR_POSTER_TLS',
      cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    });
    await expect(
      upload(server.url, { a: 'b' }, { tls: { ...tls, checkServerIdentity: () => new Error('not you') } }),
    ).rejects.toMatchObject({
      code: 'ERR_POSTER_TLS',
    });
    await server.close();
  });

  test('to a server that speaks no TLS', async () => {
    const server = await ScriptedServer.listen('http');
    const sending = upload(server.url.replace('http:', 'https:'), { a: 'b' });
    const failed = expect(sending).rejects.toMatchObject({ code: 'ERR_POSTER_TLS' });
    const connection = await server.accept();
    await connection.readBytes(1);
    await connection.say('HTTP/1.1 400 Bad Request\r\n\r\n');
    await failed;
    await server.close();
  });

  test('to a server that is silent in its handshake', async () => {
    const server = await ScriptedServer.listen('http');
    const clock = new ManualClock();
    const sending = upload(server.url.replace('http:', 'https:'), { a: 'b' }, { clock });
    const failed = expect(sending).rejects.toMatchObject({ code: 'ERR_POSTER_CONNECT' });
    const connection = await server.accept();
    await connection.readBytes(1);
    clock.fireNext();
    await failed;
    await connection.untilClosed();
    await server.close();
  });

  test('and an abort meanwhile', async () => {
    const server = await ScriptedServer.listen('http');
    const abort = new AbortController();
    const sending = upload(server.url.replace('http:', 'https:'), { a: 'b' }, { signal: abort.signal });
    const failed = expect(sending).rejects.toMatchObject({ name: 'AbortError' });
    await server.accept();
    abort.abort();
    await failed;
    await expect(upload(server.url, { a: 'b' }, { signal: abort.signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
    await server.close();
  });
});

describe('through a proxy', () => {
  let proxy: http.Server;
  let proxyUrl: string;
  let asked: string[] = [];
  beforeAll(async () => {
    proxy = http.createServer((request, response) => {
      asked.push(`${request.method} ${request.url} ${request.headers['proxy-authorization'] ?? ''}`);
      delete request.headers['proxy-authorization'];
      const forward = http.request(request.url ?? '', { method: request.method, headers: request.headers });
      request.pipe(forward);
      forward.on('response', (answer) =>
        answer.pipe(response.writeHead(answer.statusCode ?? 0, answer.headers)),
      );
    });
    proxy.on('connect', (request: http.IncomingMessage, socket: net.Socket) => {
      asked.push(`${request.method} ${request.url} ${request.headers['proxy-authorization'] ?? ''}`);
      socket.on('error', () => {});
      if (request.url?.startsWith('refused')) return socket.end('HTTP/1.1 403 No\r\n\r\n');
      if (request.url?.startsWith('cut')) return socket.resetAndDestroy();
      const [host, port] = (request.url ?? '').split(':');
      const through = net.connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 Go\r\n\r\n');
        socket.pipe(through).pipe(socket);
      });
      through.on('error', () => socket.destroy());
      socket.on('close', () => through.destroy());
      return undefined;
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    proxyUrl = `http://me:pass@127.0.0.1:${(proxy.address() as net.AddressInfo).port}`;
  });
  afterEach(() => {
    asked = [];
  });
  afterAll(async () => {
    proxy.closeAllConnections();
    proxy.close();
    await once(proxy, 'close');
  });

  test.each(['http', 'https'] as const)('a form goes to an %s server', async (scheme) => {
    const server = await ScriptedServer.listen(scheme);
    const sending = upload(server.url, { a: 'b' }, { proxy: proxyUrl, tls });
    const connection = await server.accept();
    await connection.readRequest();
    await connection.answer(200, 'through');
    expect((await sending).text()).toBe('through');
    const credentials = `Basic ${Buffer.from('me:pass').toString('base64')}`;
    const target = scheme === 'http' ? `POST ${server.url}` : `CONNECT ${new URL(server.url).host}`;
    expect(asked).toEqual([`${target} ${credentials}`]);
    expect(connection.received).not.toContain('Proxy-Authorization');
    await server.close();
  });

  test.each(['refused', 'cut'])('a tunnel that is %s is an error', async (host) => {
    await expect(upload(`https://${host}.example/`, { a: 'b' }, { proxy: proxyUrl })).rejects.toMatchObject({
      code: 'ERR_POSTER_PROXY',
    });
  });
});
