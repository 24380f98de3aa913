import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { ApiScene } from '@millrace/testkit/api-scene';
import { closeMsMax } from './closing.ts';

const nextTurn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

test('a connection that says nothing keeps no master from stopping', async () => {
  await using scene = new ApiScene();
  const { server } = scene.api;
  const accepted = new Promise((resolve) => {
    server.once('connection', resolve);
  });
  await scene.api.listen({ host: '127.0.0.1', port: 0 });
  const silent = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const ended = new Promise((resolve) => {
    silent.on('error', () => undefined).on('close', resolve);
  });
  await accepted;
  let closed = false;
  const closing = scene.api.close().then(() => {
    closed = true;
  });
  while (server.listening) await nextTurn();
  expect(closed).toBe(false);
  await scene.clock.advance(closeMsMax);
  await closing;
  await ended;
});
