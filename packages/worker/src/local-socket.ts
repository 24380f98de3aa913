import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { assert } from '@millrace/kernel/assert';
import { codeOf, messageOf, MillraceError } from '@millrace/kernel/errors';
import { messageBytesMax } from '@millrace/protocol/agent/messages';
import type { Connect, Connection, ConnectionEvents } from './connection.ts';

/*
 * Connections between the processes of one worker: lines of JSON over a Unix socket. Who may open it is who
 * may enter its folder.
 */

/** The longest line: a run order holds a plan. */
const lineBytesMax = messageBytesMax + 1024;

/** Takes a new connection in and answers who is to be told of it. */
export type Accept = (connection: Connection) => ConnectionEvents;

export interface LocalListener {
  /** Stops listening and closes what is open. */
  close(): Promise<void>;
}

/**
 * Listens at a path, in place of whoever did before: the caller holds the lock that says that this is right.
 * @throws MillraceError `listen-failed`
 */
export async function listenLocal(socketPath: string, accept: Accept): Promise<LocalListener> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    let events: ConnectionEvents | undefined;
    const connection = connectionOver(socket, {
      onMessage: (line) => events?.onMessage(line),
      onDrain: () => events?.onDrain(),
      onClose: (why) => events?.onClose(why),
    });
    events = accept(connection);
  });
  fs.mkdirSync(path.dirname(socketPath), { recursive: true, mode: 0o700 });
  fs.rmSync(socketPath, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new MillraceError('listen-failed', `Nothing can listen at ${socketPath}: ${cause.message}.`, {
          cause,
        }),
      ),
    );
    server.listen(socketPath, resolve);
  });
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/**
 * Connects to a path. @throws MillraceError `nobody-listens` when no process does, which on a Unix socket the
 * kernel knows for certain, and `connect-failed` when it cannot be told.
 */
export function connectLocal(socketPath: string): Connect {
  return (events, signal) =>
    new Promise((resolve, reject) => {
      const socket = net.connect(socketPath);
      const failed = (cause: unknown): void => {
        signal.removeEventListener('abort', aborted);
        const nobody = codeOf(cause) === 'ECONNREFUSED' || codeOf(cause) === 'ENOENT';
        reject(
          new MillraceError(
            nobody ? 'nobody-listens' : 'connect-failed',
            `${socketPath} is not to be reached: ${messageOf(cause)}.`,
            { cause },
          ),
        );
      };
      const aborted = (): void => {
        socket.destroy();
        failed(new Error('it was given up'));
      };
      if (signal.aborted) {
        aborted();
        return;
      }
      signal.addEventListener('abort', aborted, { once: true });
      socket.once('error', failed);
      socket.once('connect', () => {
        signal.removeEventListener('abort', aborted);
        socket.off('error', failed);
        resolve(connectionOver(socket, events));
      });
    });
}

function connectionOver(socket: net.Socket, events: ConnectionEvents): Connection {
  let trouble = 'the other side closed it';
  const lines = new LineReader((line) => events.onMessage(line));
  socket.on('data', (bytes: Buffer) => {
    if (lines.take(bytes)) return;
    trouble = `a line is longer than ${lineBytesMax} bytes`;
    socket.destroy();
  });
  socket.on('drain', () => events.onDrain());
  socket.on('error', (error) => {
    trouble = error.message;
  });
  socket.on('end', () => socket.end());
  socket.on('close', () => events.onClose(trouble));
  return {
    send(message) {
      assert(typeof message === 'string', 'processes of one worker speak JSON to each other');
      if (!socket.writable) return false;
      // What is said in one turn goes in one call, and wakes the other side once: after all that the turn is to do, so
      // that a slot has started its command when its agent hears of the build.
      if (socket.writableCorked === 0) {
        socket.cork();
        setImmediate(() => socket.uncork());
      }
      return socket.write(`${message}\n`);
    },
    close() {
      socket.end();
      // What the other side still says is of no interest, and must not hold the socket open.
      socket.resume();
      socket.destroySoon();
    },
  };
}

/** Cuts a stream into lines. A line that is too long ends it. */
class LineReader {
  readonly #onLine: (line: string) => void;
  #parts: Buffer[] = [];
  #bytes = 0;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  take(bytes: Buffer): boolean {
    let from = 0;
    for (;;) {
      const end = bytes.indexOf(10, from);
      if (end < 0) break;
      const last = bytes.subarray(from, end);
      if (this.#bytes + last.length > lineBytesMax) return false;
      const line = this.#bytes === 0 ? last : Buffer.concat([...this.#parts, last]);
      this.#parts = [];
      this.#bytes = 0;
      this.#onLine(line.toString('utf8'));
      from = end + 1;
    }
    if (from < bytes.length) {
      this.#parts.push(bytes.subarray(from));
      this.#bytes += bytes.length - from;
    }
    return this.#bytes <= lineBytesMax;
  }
}
