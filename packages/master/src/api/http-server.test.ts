import { once } from 'node:events';
import { get } from 'node:https';
import type { RequestOptions } from 'node:https';
import type { IncomingMessage, Server } from 'node:http';
import { connect as connectPlain } from 'node:net';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { afterEach, expect, test } from 'vitest';
import { testCertificate } from '@millrace/testkit/test-certificate';
import { httpServer, replaceCertificate } from './http-server.ts';

const first = testCertificate({ name: 'first', hosts: ['127.0.0.1'] });
const second = testCertificate({ name: 'second', hosts: ['127.0.0.1'] });

let server: Server | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  if (server) await once(server, 'close');
  server = undefined;
});

async function started(tls: Parameters<typeof httpServer>[1]): Promise<number> {
  server = httpServer((_request, response) => response.end('answer'), tls);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function answerOf(port: number, options: RequestOptions): Promise<string> {
  const request = get({ host: '127.0.0.1', port, agent: false, ...options });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.setEncoding('utf8');
  let text = '';
  for await (const part of response) text += part as string;
  return text;
}

/** Reads the answer to one call over a line that stays open. */
async function called(socket: TLSSocket): Promise<string> {
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  return bytes.toString();
}

test('another certificate serves new connections, and those that are open stay', async () => {
  const port = await started(first);
  const line = connect({ host: '127.0.0.1', port, ca: first.cert });
  await once(line, 'secureConnect');
  expect(await called(line)).toContain('answer');
  replaceCertificate(server as Server, second);
  expect(await called(line)).toContain('answer');
  expect(await answerOf(port, { ca: second.cert })).toBe('answer');
  await expect(answerOf(port, { ca: first.cert })).rejects.toThrow(/self-signed/);
  line.destroy();
});

test('less than TLS 1.2 is not spoken', async () => {
  const port = await started(first);
  const old = connect({
    host: '127.0.0.1',
    port,
    ca: first.cert,
    minVersion: 'TLSv1',
    maxVersion: 'TLSv1.1',
    ciphers: 'DEFAULT@SECLEVEL=0',
  });
  const [error] = (await once(old, 'error')) as [Error];
  expect(error.message).toMatch(/alert protocol version|unsupported protocol/i);
});

test('headers that are larger than any call needs are refused', async () => {
  const port = await started(null);
  const line = connectPlain(port, '127.0.0.1');
  line.write(`GET / HTTP/1.1\r\nHost: x\r\nA: ${'a'.repeat(20_000)}\r\n\r\n`);
  const [bytes] = (await once(line, 'data')) as [Buffer];
  expect(bytes.toString()).toContain('431');
  line.destroy();
});
