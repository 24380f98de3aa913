import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import net from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { systemClock } from '@millrace/kernel/clock';
import type { Connection } from '@millrace/protocol/agent/connection';
import { socketConnection } from '@millrace/protocol/agent/socket-connection';
import { agentUrl, connectWebSocket, readableOnTheWay } from './websocket.ts';

const never = new AbortController().signal;

/** One end of a connection, and what it heard. */
class Ear {
  readonly heard: (string | Uint8Array)[] = [];
  drains = 0;
  readonly closed = Promise.withResolvers<string>();
  #wake: () => void = () => undefined;

  onMessage(message: string | Uint8Array): void {
    this.heard.push(message);
    this.#wake();
  }
  onDrain(): void {
    this.drains++;
    this.#wake();
  }
  onClose(why: string): void {
    this.closed.resolve(why);
  }
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

describe('the connection of an agent', () => {
  const closing: (() => Promise<unknown>)[] = [];

  afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close();
  });

  async function listen(): Promise<{
    url: URL;
    taken: Promise<{ connection: Connection; ear: Ear; request: http.IncomingMessage }>;
  }> {
    const server = http.createServer();
    const sockets = new WebSocketServer({ server });
    const taken = Promise.withResolvers<{
      connection: Connection;
      ear: Ear;
      request: http.IncomingMessage;
    }>();
    sockets.on('connection', (socket, request) => {
      const ear = new Ear();
      const connection = socketConnection(socket, ear, () => undefined);
      taken.resolve({ connection, ear, request });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    closing.push(async () => {
      for (const client of sockets.clients) client.terminate();
      sockets.close();
      server.close();
    });
    return {
      url: agentUrl(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
      taken: taken.promise,
    };
  }

  async function dial(url: URL, token: string | null = null): Promise<{ connection: Connection; ear: Ear }> {
    const ear = new Ear();
    const connection = await connectWebSocket(url, token, systemClock)(ear, never);
    return { connection, ear };
  }

  test('carries text and bytes both ways, and brings the token', async () => {
    const { url, taken } = await listen();
    const near = await dial(url, 'mr_secret');
    const far = await taken;
    expect(far.request.url).toBe('/api/v1/agent');
    expect(far.request.headers.authorization).toBe('Bearer mr_secret');
    near.connection.send('hello');
    near.connection.send(new Uint8Array([1, 2, 3]));
    far.connection.send('welcome');
    await far.ear.until(() => far.ear.heard.length === 2);
    await near.ear.until(() => near.ear.heard.length === 1);
    expect(near.ear.heard).toEqual(['welcome']);
    expect(far.ear.heard[0]).toBe('hello');
    expect([...(far.ear.heard[1] as Uint8Array)]).toEqual([1, 2, 3]);
    near.connection.close();
    await far.ear.closed.promise;
    await near.ear.closed.promise;
    expect(near.connection.send('late')).toBe(false);
  });

  test('says when it is full and when it has drained', async () => {
    const { url, taken } = await listen();
    const { connection, ear } = await dial(url);
    const far = await taken;
    let sent = 1;
    while (connection.send(new Uint8Array(1024 ** 2))) sent++;
    await ear.until(() => ear.drains > 0);
    await far.ear.until(() => far.ear.heard.length === sent);
    expect(ear.drains).toBe(1);
    connection.close();
    await ear.closed.promise;
  });

  test('a message over its bound ends the connection', async () => {
    const { url, taken } = await listen();
    const { ear } = await dial(url);
    const far = await taken;
    far.connection.send(new Uint8Array(9 * 1024 ** 2));
    expect(await ear.closed.promise).toContain('Max payload');
    expect(ear.heard).toEqual([]);
  });

  test('tells that nobody listens from being refused', async () => {
    const server = net.createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = agentUrl(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.close();
    await once(server, 'close');
    await expect(dial(url)).rejects.toMatchObject({ code: 'nobody-listens' });

    const other = http.createServer((_request, response) => response.writeHead(404).end());
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    closing.push(async () => other.close());
    const elsewhere = agentUrl(`http://127.0.0.1:${(other.address() as AddressInfo).port}`);
    await expect(dial(elsewhere)).rejects.toMatchObject({ code: 'connect-failed' });
  });

  test('a master that does not answer is given up by the signal', async () => {
    const silent = net.createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const stop = new AbortController();
    silent.once('connection', (socket) => {
      closing.push(async () => socket.destroy());
      stop.abort();
    });
    closing.push(async () => silent.close());
    const url = agentUrl(`http://127.0.0.1:${(silent.address() as AddressInfo).port}`);
    await expect(connectWebSocket(url, null, systemClock)(new Ear(), stop.signal)).rejects.toThrow(
      'given up',
    );
  });
});

describe('the address of a master', () => {
  test.each([
    ['http://127.0.0.1:8010', 'ws://127.0.0.1:8010/api/v1/agent'],
    ['https://ci.example.org/', 'wss://ci.example.org/api/v1/agent'],
    ['wss://ci.example.org/millrace?x#y', 'wss://ci.example.org/millrace/api/v1/agent'],
  ])('%s becomes %s', (given, expected) => {
    expect(agentUrl(given).href).toBe(expected);
  });

  test.each(['', 'ci.example.org', 'ftp://x', 'localhost:8010'])('%j is refused with an example', (given) => {
    expect(() => agentUrl(given)).toThrow('http://host:8010');
  });

  test.each([
    ['http://localhost:1', false],
    ['http://[::1]:1', false],
    ['https://ci.example.org', false],
    ['http://ci.example.org', true],
  ])('%s can be read on the way: %s', (given, expected) => {
    expect(readableOnTheWay(agentUrl(given))).toBe(expected);
  });
});
