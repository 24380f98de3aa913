import { once } from 'node:events';
import { createServer } from 'node:https';
import type { Server } from 'node:https';
import { createServer as createPlainServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { systemClock } from '@millrace/kernel/clock';
import { testCertificate } from '@millrace/testkit/test-certificate';
import type { TestCertificate } from '@millrace/testkit/test-certificate';
import { agentUrl, connectWebSocket } from './websocket.ts';
import type { Trusted } from './websocket.ts';

const hour = 3_600_000;
const authority = testCertificate({ name: 'an authority', authority: true });
const signed = (name: string, rest: { from?: number; until?: number; hosts?: readonly string[] } = {}) =>
  testCertificate({ name, issuer: authority, hosts: ['127.0.0.1'], ...rest });
const good = signed('good');

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function serve(certificate: TestCertificate): Promise<number> {
  const server: Server = createServer({ cert: certificate.cert, key: certificate.key });
  const sockets = new WebSocketServer({ server });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(async () => {
    for (const client of sockets.clients) client.terminate();
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return (server.address() as AddressInfo).port;
}

async function outcome(url: string, trusted: Trusted): Promise<string> {
  const events = { onMessage: () => undefined, onDrain: () => undefined, onClose: () => undefined };
  const connect = connectWebSocket(agentUrl(url), 'mr_token', systemClock, trusted);
  try {
    const connection = await connect(events, new AbortController().signal);
    connection.close();
    return 'connected';
  } catch (error) {
    return (error as Error).message;
  }
}

const trusting = (text: string): Trusted => ({ authorities: () => text });

describe('an agent over TLS', () => {
  test('believes a certificate that its authority signed, or that it was given itself', async () => {
    const port = await serve(good);
    expect(await outcome(`wss://127.0.0.1:${port}`, trusting(authority.cert))).toBe('connected');
    expect(await outcome(`https://127.0.0.1:${port}`, trusting(good.cert))).toBe('connected');
  });

  test('believes one for another name only when it was told that name', async () => {
    const port = await serve(signed('elsewhere', { hosts: ['ci.example.org'] }));
    const url = `wss://127.0.0.1:${port}`;
    expect(await outcome(url, trusting(authority.cert))).toContain('is for another name');
    const named = { ...trusting(authority.cert), name: 'ci.example.org' };
    expect(await outcome(url, named)).toBe('connected');
    expect(await outcome(url, { ...named, name: 'other.example.org' })).toContain('is for another name');
  });

  test.each([
    ['nobody knows who signed', good, {}, 'MILLRACE_CA_FILE'],
    ['another authority signed', good, trusting(testCertificate({ name: 'x' }).cert), 'MILLRACE_CA_FILE'],
    [
      'has expired, or the clock is an hour ahead,',
      signed('old', { from: Date.now() - 3 * hour, until: Date.now() - hour }),
      trusting(authority.cert),
      "has expired. This machine's clock says",
    ],
    [
      'is not valid yet, or the clock is an hour behind,',
      signed('new', { from: Date.now() + hour }),
      trusting(authority.cert),
      "is not valid yet. This machine's clock says",
    ],
  ])('a certificate that %s is refused, with what to do', async (_what, certificate, trusted, sentence) => {
    const port = await serve(certificate);
    const said = await outcome(`wss://127.0.0.1:${port}`, trusted);
    expect(said).toContain(sentence);
    expect(said).toContain(`127.0.0.1:${port}`);
    expect(said).not.toContain('mr_token');
  });

  test('where the other side speaks no TLS, or nothing else, it is told so', async () => {
    const plain = createPlainServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    plain.listen(0, '127.0.0.1');
    await once(plain, 'listening');
    const lines = new Set<Socket>();
    plain.on('connection', (line) => lines.add(line));
    closing.push(async () => {
      for (const line of lines) line.destroy();
      plain.close();
      await once(plain, 'close');
    });
    const { port } = plain.address() as AddressInfo;
    expect(await outcome(`wss://127.0.0.1:${port}`, {})).toContain('does not speak TLS');
    const secured = await serve(good);
    expect(await outcome(`ws://127.0.0.1:${secured}`, {})).toMatch(/Does it speak TLS\?|socket hang up/);
  });
});
