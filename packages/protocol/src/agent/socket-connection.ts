import type { Connection, ConnectionEvents } from './connection.ts';

/** What is used of a WebSocket of the package `ws`, which both ends have and this package need not. */
export interface Socket {
  readonly bufferedAmount: number;
  send(data: string | Uint8Array, sent: (error?: Error | null) => void): void;
  close(code: number, why: string): void;
  terminate(): void;
  on(event: 'message', listener: (data: Uint8Array, isBinary: boolean) => void): unknown;
  on(event: 'close', listener: (code: number, why: Uint8Array) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** More than this unsent, and the sender should wait; at half of it, it may go on. */
const bufferedBytesMax = 1024 ** 2;

/**
 * An open WebSocket as a {@link Connection}. A peer that does not answer the close within `closeMs` (its
 * machine is gone, or it does not read) is cut off.
 */
export function socketConnection(
  socket: Socket,
  events: ConnectionEvents,
  after: (ms: number, act: () => void) => void,
  closeMs = 2_000,
): Connection {
  let open = true;
  let full = false;
  let trouble: string | undefined;

  const sent = (): void => {
    if (!full || !open || socket.bufferedAmount > bufferedBytesMax / 2) return;
    full = false;
    events.onDrain();
  };
  socket.on('message', (data, isBinary) => {
    events.onMessage(isBinary ? data : Buffer.from(data.buffer, data.byteOffset, data.length).toString());
  });
  socket.on('error', (error) => {
    trouble = error.message;
  });
  socket.on('close', (code, why) => {
    open = false;
    events.onClose(trouble ?? (why.length > 0 ? Buffer.from(why).toString() : `closed with code ${code}`));
  });
  return {
    send(message) {
      if (!open) return false;
      socket.send(message, () => {
        // Not left to garbage collection: an agent that sends large logs does little else.
        if (typeof message !== 'string' && message.buffer instanceof ArrayBuffer) message.buffer.transfer(0);
        sent();
      });
      if (socket.bufferedAmount > bufferedBytesMax) full = true;
      return !full;
    },
    close() {
      socket.close(1000, '');
      after(closeMs, () => {
        if (open) socket.terminate();
      });
    },
  };
}
