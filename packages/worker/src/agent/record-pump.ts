import type { Clock } from '@millrace/kernel/clock';
import type { Replica } from './replica.ts';
import { SendTimes } from './send-times.ts';
import type { SendWait } from './send-times.ts';

export interface PumpParts {
  readonly clock: Clock;
  /** Queues a frame; false when the connection is full and `drained` will be called. */
  readonly send: (frame: Uint8Array) => boolean;
  /** The journal does not go on from where the store wants it. */
  readonly onStuck: (replica: Replica) => void;
}

/** The largest frame: small enough that sixteen builds take turns, large enough that a head is nothing. */
const frameBytes = 512 * 1024;
/** The most that all journals together have under way. */
const connectionBytes = 16 * 1024 ** 2;
/**
 * A journal that holds back this much is sent at once: waiting would only fill the disk. Some 5 MB of output: at full
 * speed a commit in 20 ms, where 256 KiB made one in every window of the store, and a fifth more of the master's CPU.
 */
const heldBackBytesMax = 1024 ** 2;

/**
 * Sends what journals have, a frame of each in turn, so that a large backlog never delays another build's
 * end. It stops where the connection is full, the credit of each journal is used up, or that of all together;
 * whatever frees any of these pumps every journal again, and the turn goes on from where it stood.
 */
export class RecordPump {
  readonly #parts: PumpParts;
  readonly #times: SendTimes<Replica>;
  #replicas: Replica[] = [];
  #creditBytes = 0;
  #full = false;

  constructor(parts: PumpParts) {
    this.#parts = parts;
    this.#times = new SendTimes(parts.clock, (replicas) => this.#release(replicas));
  }

  add(replica: Replica): void {
    this.#replicas.push(replica);
  }

  remove(replica: Replica): void {
    this.#replicas = this.#replicas.filter((one) => one !== replica);
    this.#times.forget(replica);
  }

  /** A new connection, on which each journal may have this much under way. */
  connected(creditBytes: number): void {
    this.#creditBytes = creditBytes;
    this.#full = false;
    this.releaseAll();
  }

  drained(): void {
    this.#full = false;
    this.pump();
  }

  /** A journal has more: it goes by itself, or a moment later with others. */
  grown(replica: Replica, wait: SendWait): void {
    const sooner = replica.heldBackBytes >= heldBackBytesMax ? 'now' : wait;
    this.#times.grown(replica, sooner, this.#replicas.length === 1);
  }

  releaseAll(): void {
    this.#release(this.#replicas);
  }

  pump(): void {
    let underWay = 0;
    for (const replica of this.#replicas) underWay += replica.bytesUnderWay;
    let idle = 0;
    while (!this.#full && idle < this.#replicas.length && underWay < connectionBytes) {
      const replica = this.#replicas.shift();
      if (replica === undefined) return;
      this.#replicas.push(replica);
      const next = replica.next(frameBytes, this.#creditBytes);
      if (next.kind === 'frame') {
        idle = 0;
        underWay += next.bytes.length;
        this.#full = !this.#parts.send(next.bytes);
      } else {
        idle++;
        if (next.kind === 'stuck') {
          replica.unplace();
          this.#parts.onStuck(replica);
        }
      }
    }
  }

  stop(): void {
    this.#times.stop();
    for (const replica of this.#replicas) replica.close();
  }
  #release(replicas: Iterable<Replica>): void {
    for (const replica of replicas) replica.release();
    this.pump();
  }
}
