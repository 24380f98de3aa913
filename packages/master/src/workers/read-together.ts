import type { ConnectionEvents } from '@millrace/protocol/agent/connection';

/**
 * The same events; of messages they are told when all has been read that is there. What an agent sends in one write
 * comes in reads of 64 KiB, and after each of them promises go on: told at once, what sixteen slots bring would be one
 * operation for each read.
 *
 * @param afterReads calls what it is given once the loop has read what its sockets have
 */
export function readTogether(
  events: ConnectionEvents,
  afterReads: (act: () => void) => void,
): ConnectionEvents {
  let read: (string | Uint8Array)[] = [];
  const tell = (): void => {
    const messages = read;
    read = [];
    for (const message of messages) events.onMessage(message);
  };
  return {
    onMessage(message) {
      read.push(message);
      if (read.length === 1) afterReads(tell);
    },
    onDrain: () => events.onDrain(),
    onClose(why) {
      tell();
      events.onClose(why);
    },
  };
}
