import { on, once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { systemClock } from '@millrace/kernel/clock';
import type { Connection } from '@millrace/protocol/agent/connection';
import { SeededRandom } from '@millrace/testkit/seeded-random';
import { attachAgents } from './agent-server.ts';
import type { Credentials } from './authenticate.ts';

describe('the door for agents', () => {
  let server: http.Server;
  let detach: () => void;
  let port: number;
  let areKnown: boolean;
  let accepted: { connection: Connection; credentials: Credentials; heard: unknown[] }[];

  beforeEach(async () => {
    accepted = [];
    areKnown = true;
    server = http.createServer();
    detach = attachAgents(
      server,
      {
        knows: () => areKnown,
        accept(connection, credentials) {
          const heard: unknown[] = [];
          accepted.push({ connection, credentials, heard });
          return {
            onMessage: (message) => {
              heard.push(message);
              connection.send('heard');
            },
            onDrain: () => undefined,
            onClose: () => undefined,
          };
        },
      },
      systemClock,
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  });

  afterEach(async () => {
    detach();
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  function dial(path: string, headers: Record<string, string> = {}): WebSocket {
    return new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers });
  }

  async function closed(socket: WebSocket): Promise<void> {
    const over = once(socket, 'close');
    socket.terminate();
    await over;
  }

  test('lets an agent in, with its token, and says where it comes from', async () => {
    const socket = dial('/api/v1/agent', { authorization: 'Bearer mr_secret' });
    await once(socket, 'open');
    socket.send('hello');
    await once(socket, 'message');
    expect(accepted).toMatchObject([
      { credentials: { token: 'mr_secret', loopback: true }, heard: ['hello'] },
    ]);
    await closed(socket);
  });

  test('does not take for local what a proxy brings', async () => {
    const socket = dial('/api/v1/agent', { 'x-forwarded-for': '192.0.2.1' });
    await once(socket, 'open');
    expect(accepted).toMatchObject([{ credentials: { token: null, loopback: false } }]);
    await closed(socket);
  });

  test.each([
    ['a page in a browser', '/api/v1/agent', { origin: 'http://evil.example' }, '403'],
    ['another path', '/elsewhere', {}, '404'],
  ])('refuses %s', async (_who, path, headers, status) => {
    const [error] = (await once(dial(path, headers), 'error')) as [Error];
    expect(error.message).toContain(status);
    expect(accepted).toEqual([]);
  });

  test('takes few strangers at a time, and any number of those who may come', async () => {
    areKnown = false;
    const outcomes = await Promise.all(
      Array.from({ length: 25 }, async () => {
        const socket = dial('/api/v1/agent');
        const outcome = await Promise.race([
          once(socket, 'open').then(() => 'open'),
          once(socket, 'unexpected-response').then(([, response]: unknown[]) => {
            const { statusCode, headers } = response as http.IncomingMessage;
            return `${statusCode} after ${headers['retry-after']}`;
          }),
        ]);
        return { socket, outcome };
      }),
    );
    const count = (wanted: string) => outcomes.filter(({ outcome }) => outcome === wanted).length;
    expect([count('open'), count('429 after 10')]).toEqual([20, 5]);
    areKnown = true;
    const known = dial('/api/v1/agent');
    await once(known, 'open');
    const open = outcomes.filter(({ outcome }) => outcome === 'open');
    for (const { socket } of outcomes.filter((one) => !open.includes(one))) {
      socket.on('error', () => undefined);
      socket.terminate();
    }
    await Promise.all([known, ...open.map(({ socket }) => socket)].map(closed));
  });

  test('messages of all sizes come as they were sent, and stay so, whatever is read after them', async () => {
    const random = new SeededRandom(1);
    const sizes = [100, 200_000, 0, 65_536, 10, 300_000, 20_000, 1, 500_000, 70_000, 5];
    const sent = Array.from({ length: 2 }, () => sizes.map((size) => random.bytes(size))).flat();
    const socket = dial('/api/v1/agent');
    await once(socket, 'open');
    for (const bytes of sent) {
      socket.ping(bytes.subarray(0, 100));
      const middle = bytes.length >> 1;
      socket.send(bytes.subarray(0, middle), { fin: false });
      socket.send(bytes.subarray(middle));
      socket.send(bytes);
    }
    const answers = on(socket, 'message');
    for (const _ of sent) {
      await answers.next();
      await answers.next();
    }
    const heard = accepted[0]?.heard as Buffer[];
    expect(heard.every((bytes, index) => bytes.equals(sent[index >> 1] as Uint8Array))).toBe(true);
    await closed(socket);
  });
});
