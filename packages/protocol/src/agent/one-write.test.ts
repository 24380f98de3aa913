import { Writable } from 'node:stream';
import { settle } from '@millrace/testkit/fake-clock';
import { expect, test } from 'vitest';
import { inOneWrite } from './one-write.ts';

test('what is sent in one turn, by promises too, is one write, in its order, unless it is to go now', async () => {
  const writes: string[][] = [];
  const socket = new Writable({
    decodeStrings: false,
    writev(chunks, done) {
      writes.push(chunks.map(({ chunk }) => String(chunk)));
      done();
    },
  });
  const connection = inOneWrite({ send: (message) => socket.write(message), close: () => undefined }, socket);
  connection.send('one');
  await Promise.resolve().then(() => connection.send('two'));
  expect(writes).toEqual([]);
  await settle();
  connection.send('three');
  connection.send('four');
  await settle();
  connection.send('five');
  connection.flush?.();
  connection.send('six');
  const soFar = [['one', 'two'], ['three', 'four'], ['five']];
  expect(writes).toEqual(soFar);
  await settle();
  expect(writes).toEqual([...soFar, ['six']]);
});
