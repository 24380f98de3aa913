import { nextTick } from 'node:process';
import type { Writable } from 'node:stream';
import type { Connection } from './connection.ts';

/**
 * The same connection; what is sent over it in one turn goes to the kernel in one write, and is mostly read in one. After
 * a commit an agent is told of each of its journals, and of its next builds: a system call for each cost the master's
 * main thread more than making what they said. So it does with the records of several slots that an agent sends.
 *
 * @param socket what the connection writes to
 */
export function inOneWrite(connection: Connection, socket: Pick<Writable, 'cork' | 'uncork'>): Connection {
  let corked = false;
  const uncork = (): void => {
    if (!corked) return;
    corked = false;
    socket.uncork();
  };
  return {
    send(message) {
      if (!corked) {
        corked = true;
        socket.cork();
        // After all that has been promised by now.
        nextTick(uncork);
      }
      return connection.send(message);
    },
    flush: uncork,
    close: () => connection.close(),
  };
}
