/**
 * An open line to a peer: an agent's to its master (WebSocket), an agent's to a slot (local socket), and the
 * simulator's in memory. Text is control, bytes are journal records.
 */
export interface Connection {
  /** Queued at once; false when the other side is slow and the sender should wait for `onDrain`. */
  send(message: string | Uint8Array): boolean;
  close(): void;
}

/** What the owner of a connection is told. After `onClose` nothing more comes. */
export interface ConnectionEvents {
  onMessage(message: string | Uint8Array): void;
  onDrain(): void;
  onClose(why: string): void;
}

/** Opens a connection. @throws MillraceError when there is nobody, or they refuse. */
export type Connect = (events: ConnectionEvents, signal: AbortSignal) => Promise<Connection>;
