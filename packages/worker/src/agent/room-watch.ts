import type { Clock } from '@millrace/kernel/clock';
import { sleep } from '@millrace/kernel/clock';
import { messageOf } from '@millrace/kernel/errors';
import type { Room } from '@millrace/protocol/agent/messages';

export interface RoomWatchParts {
  readonly clock: Clock;
  /** Free bytes of the volume that holds the data folder. */
  readonly freeBytes: () => Promise<number>;
  /** Below it the worker takes no new builds. */
  readonly freeBytesMin: number;
  readonly everyMs: number;
  readonly onChange: (room: Room) => void;
  /** Looked, and there was too little: whoever can make room may do so before the next look. */
  readonly onLow: () => void;
  readonly log: (text: string) => void;
}

/** Looks whether the data folder's disk has room for another build. */
export class RoomWatch {
  readonly #parts: RoomWatchParts;
  #room: Room = { accepts: true };
  #trouble: string | undefined;

  constructor(parts: RoomWatchParts) {
    this.#parts = parts;
  }

  get room(): Room {
    return this.#room;
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(this.#parts.clock, this.#parts.everyMs, signal);
      if (!signal.aborted) await this.look();
    }
  }

  async look(): Promise<void> {
    const { freeBytes, freeBytesMin, onChange, log } = this.#parts;
    let free: number;
    try {
      free = await freeBytes();
      this.#trouble = undefined;
    } catch (error) {
      // Not to know is no reason to stop building; it is told once.
      const trouble = messageOf(error);
      if (trouble !== this.#trouble) log(`The free disk space cannot be told: ${trouble}`);
      this.#trouble = trouble;
      return;
    }
    const room = judgeRoom(this.#room, free, freeBytesMin);
    if (!room.accepts) this.#parts.onLow();
    if (room.accepts === this.#room.accepts) return;
    this.#room = room;
    onChange(room);
  }
}

/** A tenth more must be free before builds are taken again, so that a worker on the edge does not flutter. */
function judgeRoom(before: Room, freeBytes: number, freeBytesMin: number): Room {
  if (freeBytes >= (before.accepts ? freeBytesMin : freeBytesMin * 1.1)) return { accepts: true };
  if (!before.accepts) return before;
  return {
    accepts: false,
    message: `The disk of the worker's data folder has ${mebibytes(freeBytes)} free, less than ${mebibytes(freeBytesMin)}. Free some space there; builds are taken again by themselves.`,
  };
}

function mebibytes(bytes: number): string {
  return `${Math.floor(bytes / 1024 ** 2)} MiB`;
}
