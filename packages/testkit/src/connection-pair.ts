import type { Connection, ConnectionEvents } from '@millrace/protocol/agent/connection';

/** One end of a {@link ConnectionPair}: its owner sends by `connection` and hears by what it hands to `listen`. */
export interface PairEnd {
  readonly connection: Connection;
  listen(events: ConnectionEvents): void;
}

/**
 * Two connections joined in memory: what one end sends, the other hears, whole, in order and not at once. A
 * line that is cut loses what is on its way; a muted one loses everything and says nothing of it, as when
 * packets are dropped.
 */
export class ConnectionPair {
  readonly left: PairEnd;
  readonly right: PairEnd;
  readonly #left = new Direction();
  readonly #right = new Direction();
  #open = true;

  constructor() {
    this.left = this.#end(this.#left, this.#right);
    this.right = this.#end(this.#right, this.#left);
  }

  get open(): boolean {
    return this.#open;
  }

  /** Both ends hear of it; what was on its way is lost. */
  cut(why = 'the line was cut'): void {
    if (!this.#open) return;
    this.#open = false;
    this.#left.end(why, true);
    this.#right.end(why, true);
  }

  /** From now on nothing arrives, and nobody is told. */
  mute(): void {
    this.#left.muted = true;
    this.#right.muted = true;
  }

  #end(outgoing: Direction, incoming: Direction): PairEnd {
    return {
      connection: {
        send: (message) => {
          if (this.#open) outgoing.carry(message);
          return this.#open;
        },
        close: () => {
          if (!this.#open) return;
          this.#open = false;
          outgoing.end('the peer closed', false);
          incoming.end('closed', true);
        },
      },
      listen: (events) => incoming.listen(events),
    };
  }
}

/** One way of the line. */
class Direction {
  muted = false;
  #events: ConnectionEvents | undefined;
  #queue: (string | Uint8Array)[] = [];
  #end: string | undefined;
  #scheduled = false;

  listen(events: ConnectionEvents): void {
    this.#events = events;
    this.#schedule();
  }

  carry(message: string | Uint8Array): void {
    if (this.muted) return;
    // A copy, as a network makes one: the sender's buffers are its own.
    this.#queue.push(typeof message === 'string' ? message : Uint8Array.from(message));
    this.#schedule();
  }

  end(why: string, dropping: boolean): void {
    if (dropping) this.#queue = [];
    this.#end = why;
    if (!this.muted || dropping) this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled || this.#events === undefined) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#deliver();
    });
  }

  #deliver(): void {
    const message = this.#queue.shift();
    if (message !== undefined) {
      this.#events?.onMessage(message);
      this.#schedule();
    } else if (this.#end !== undefined) {
      const events = this.#events;
      this.#events = undefined;
      events?.onClose(this.#end);
    }
  }
}
