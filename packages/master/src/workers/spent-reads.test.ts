import { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { freeSpentReads } from './spent-reads.ts';

describe('the reads of a socket', () => {
  const readBytes = 64 * 1024;
  let socket: EventEmitter;
  let webSocket: EventEmitter & { readyState: 0 | 1 | 2 | 3 };

  beforeEach(() => {
    socket = new EventEmitter();
    webSocket = Object.assign(new EventEmitter(), { readyState: WebSocket.OPEN });
    freeSpentReads(socket as never, webSocket as never);
  });

  /** A read in which such messages end; those that say nothing else are copies. */
  function read(...ends: ((bytes: Buffer) => Buffer)[]): Buffer {
    const bytes = Buffer.allocUnsafeSlow(readBytes);
    for (const end of ends) webSocket.emit('message', end(bytes), true);
    socket.emit('data', bytes);
    return bytes;
  }

  const copied = (): Buffer => Buffer.alloc(2 * readBytes);
  const viewed = (bytes: Buffer): Buffer => bytes.subarray(100, 200);

  test('are given back when the message is whole that they are parts of, but for the one that it ends in', () => {
    const [first, second] = [read(), read()];
    expect([first.length, second.length]).toEqual([readBytes, readBytes]);
    const third = read(copied);
    expect([first.length, second.length, third.length]).toEqual([0, 0, readBytes]);
    read(copied);
    expect(third.length).toBe(0);
  });

  test('stay where a message is a view of them, whatever ends in them beside it', () => {
    const kept = read(copied, viewed, () => Buffer.alloc(0));
    read(copied);
    read(copied);
    expect(kept.length).toBe(readBytes);
  });

  test('stay where a ping is a view of them: its answer may still have to go out', () => {
    const pinged = Buffer.allocUnsafeSlow(readBytes);
    webSocket.emit('ping', pinged.subarray(0, 100));
    socket.emit('data', pinged);
    read(copied);
    expect(pinged.length).toBe(readBytes);
  });

  test('stay where others share their memory, or they are small', () => {
    const shared = Buffer.allocUnsafeSlow(2 * readBytes).subarray(readBytes);
    const small = Buffer.allocUnsafeSlow(1000);
    for (const bytes of [shared, small]) socket.emit('data', bytes);
    read(copied);
    expect([shared.length, small.length]).toEqual([readBytes, 1000]);
  });

  test('are not gathered any more once the connection closes', () => {
    webSocket.readyState = WebSocket.CLOSING;
    const late = read();
    webSocket.emit('message', copied(), true);
    expect(late.length).toBe(readBytes);
  });
});
