/**
 * An open line to a peer: an agent's to its master (WebSocket), an agent's to a slot (local socket), and the
 * simulator's in memory. Text is control, bytes are journal records. Both ends use the same interface, so
 * that two of them can be joined without a network between.
 *
 * What is sent arrives whole, in order and once, or not at all because the line broke.
 */
export interface Connection {
  /**
   * Queued at once; false when the other side is slow and the sender should wait for `onDrain`. After a close
   * it does nothing. Bytes belong to the connection from here on, with the whole buffer that they are a view of: it
   * may give their memory back once they are on their way.
   */
  send(message: string | Uint8Array): boolean;
  /** What is kept back, so that what is sent in one turn goes in one piece, goes now. Absent: nothing is. */
  flush?(): void;
  /** Lets what was sent go out, if the peer still reads, and ends. `onClose` follows, as after the peer's close. */
  close(): void;
}

/** What the owner of a connection is told. `onClose` comes exactly once, and after it nothing more. */
export interface ConnectionEvents {
  /** Bytes belong to whoever is told: it may give their memory back (`freeFrame`). */
  onMessage(message: string | Uint8Array): void;
  onDrain(): void;
  onClose(why: string): void;
}

/**
 * Opens a connection. Messages may arrive before the promise is seen to be resolved.
 * @throws MillraceError `nobody-listens` when there is certainly no process at the other end (an agent takes that for
 * the death of a slot), and with another code when it is not to be reached or refuses. An aborted signal rejects.
 */
export type Connect = (events: ConnectionEvents, signal: AbortSignal) => Promise<Connection>;
