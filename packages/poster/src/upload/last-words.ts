import type { Duplex } from 'node:stream';

/**
 * Lets a connection be heard to its end after a write to it failed.
 *
 * A server that refuses a body answers, then resets. The answer lies in the kernel's receive buffer when our
 * next write fails (on POSIX a reset does not empty that buffer), but Node destroys a stream at its first
 * write error: unread, the answer is gone. `http.request` so loses 71 to 90 of 100 of them, and with this
 * none of 300 (`npm run stress`).
 *
 * So for a write error the stream's `destroy` waits: what arrives is handed straight to its `data`
 * listeners, because an errored stream does not flow any more, and the stream is destroyed with its error
 * once the event loop polled three times and nothing came. That takes no timer: after a reset nothing new can arrive.
 */
export function hearLastWords(connection: Duplex): void {
  const destroy = connection.destroy.bind(connection);
  let dying = false;
  connection.destroy = (error) => {
    if (!isWriteError(error) || connection.destroyed) return destroy(error);
    if (!dying) {
      dying = true;
      drain(connection, () => destroy(error));
    }
    return connection;
  };
}

/** Node names the system call that failed; `write` and `writev` tell a write from a read. */
function isWriteError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error && String(error.syscall).startsWith('write');
}

/** One would do for a plain socket; TLS may take a turn of its own to decrypt. */
const silentPollsMax = 3;

function drain(connection: Duplex, then: () => void): void {
  let silentPolls = 0;
  const hear = (chunk: unknown): void => {
    silentPolls = 0;
    connection.emit('data', chunk);
  };
  for (let chunk: unknown = connection.read(); chunk !== null; chunk = connection.read()) hear(chunk);
  connection.push = (chunk: unknown) => {
    if (chunk !== null) hear(chunk);
    return true;
  };
  const again = (): void => {
    if (silentPolls === silentPollsMax) return then();
    silentPolls += 1;
    afterPoll(again);
  };
  again();
}

/**
 * Calls back when the event loop has polled for I/O: of two turns of `setImmediate` the first may still
 * belong to the poll that is under way.
 */
export function afterPoll(act: () => void): void {
  setImmediate(() => setImmediate(act));
}
