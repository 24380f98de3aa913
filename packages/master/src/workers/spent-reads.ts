import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';

/** Smaller reads are left to the collector: they are few bytes, and most of them hold a whole message. */
const readBytesMin = 16 * 1024;

/**
 * Gives the memory of what was read from a socket back as soon as a message has been put together of it. Left to the
 * collector, the reads of a log make it collect the master's whole heap once in some 10 MB of them: two fifths of
 * what a log costs a master.
 *
 * A WebSocket's messages come one after the other, and what is larger than a read is copied together out of several.
 * So with the end of a message nobody needs the reads before the one that it ends in. A read that a whole message, or
 * a ping that is still to be answered, is a view of stays as it is.
 *
 * @param socket what the WebSocket reads from; that one listens to it already, so that it has seen a read first
 */
export function freeSpentReads(
  socket: Pick<Duplex, 'on'>,
  webSocket: Pick<WebSocket, 'on' | 'readyState'>,
): void {
  let spent: ArrayBuffer[] = [];
  /** What the messages of the read that is being looked at are views of. */
  let lent: ArrayBufferLike[] = [];
  webSocket.on('message', (data: Buffer, isBinary) => {
    // The text of others has been read by now.
    if (isBinary) lent.push(data.buffer);
    for (const read of spent) read.transfer(0);
    spent = [];
  });
  webSocket.on('ping', (data) => lent.push(data.buffer));
  socket.on('data', ({ buffer, byteLength }: Buffer) => {
    const whole = buffer instanceof ArrayBuffer && buffer.byteLength === byteLength;
    // No message ends after a close.
    const followed = webSocket.readyState === WebSocket.OPEN;
    if (whole && followed && byteLength >= readBytesMin && !lent.includes(buffer)) spent.push(buffer);
    lent = [];
  });
}
