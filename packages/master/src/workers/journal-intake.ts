import type { RecordsFrame } from '@millrace/protocol/agent/frame';
import type { Holding, RefusalCode, RunOrder } from '@millrace/protocol/agent/messages';
import { frameBytesMax } from '@millrace/protocol/agent/messages';
import type { Position } from '@millrace/protocol/journal/record';
import type { Applied, Piece } from './apply-pieces.ts';

/** The most that one commit takes of one journal: a store's group commit has room for others. */
const applyBytesMax = 1024 ** 2;

/** What an intake tells its session. */
export interface IntakeEvents {
  acknowledged(position: Position): void;
  wanted(position: Position): void;
  /** All is committed, the end too: that says more than to acknowledge it. Nothing follows but what is `next`. */
  done(next: RunOrder | undefined): void;
  /** The build is not this worker's any more. Nothing follows. */
  fenced(message: string): void;
  /** What lies on the worker's disk are no records, and would not be if it were sent again. Nothing follows. */
  malformed(message: string): void;
  /** The connection cannot go on. Nothing follows. */
  failed(code: RefusalCode, why: string): void;
  /** The store threw: that is for whoever keeps it to know. */
  trouble(error: unknown): void;
}

/**
 * The frames of one journal on their way to the store: one commit under way at a time, in the order of their
 * coming. Frames that came while a commit was under way go together into the next one.
 *
 * After a gap the frames that were already under way are dropped until the wanted byte comes, so that one gap
 * is answered once.
 */
export class JournalIntake {
  readonly #apply: (piece: Piece) => Promise<Applied>;
  readonly #events: IntakeEvents;
  readonly #bytesMax: number;
  #waiting: RecordsFrame[] = [];
  #bytes = 0;
  #applying = false;
  #over = false;
  #wanted: number | undefined;

  /** `creditBytes`: what the agent was told that it may have under way. */
  constructor(apply: (piece: Piece) => Promise<Applied>, events: IntakeEvents, creditBytes: number) {
    this.#apply = apply;
    this.#events = events;
    this.#bytesMax = Math.max(creditBytes, frameBytesMax);
  }

  /** Bytes that have come and are not committed yet. */
  get bytes(): number {
    return this.#bytes;
  }

  take(frame: RecordsFrame): void {
    if (this.#over) return;
    if (this.#wanted !== undefined) {
      if (frame.byte !== this.#wanted) return;
      this.#wanted = undefined;
    }
    this.#bytes += frame.records.length;
    // A frame sent twice by a doubtful line may stand beside a full credit: hence the second half.
    if (this.#bytes > 2 * this.#bytesMax) {
      this.#fail(
        'malformed',
        `It sent more than ${this.#bytesMax} unacknowledged bytes of build ${frame.build}.`,
      );
      return;
    }
    this.#waiting.push(frame);
    if (!this.#applying) void this.#applyAll();
  }

  /** Takes nothing more and says nothing more; what is under way is committed all the same. */
  close(): void {
    this.#stop();
  }

  async #applyAll(): Promise<void> {
    this.#applying = true;
    while (this.#waiting.length > 0) {
      const piece = this.#next();
      try {
        const answer = await this.#apply(piece);
        this.#bytes -= piece.length;
        if (!this.#over) this.#tell(answer);
      } catch (error) {
        // The agent comes again and is told the store's position: nothing is lost by giving up here.
        this.#events.trouble(error);
        if (!this.#over)
          this.#fail('store-trouble', 'The store could not take the records. Send them again.');
      }
    }
    this.#applying = false;
  }

  /** The first frame, with those that continue it. */
  #next(): Piece {
    const [first] = this.#waiting as [RecordsFrame];
    let end = first.byte + first.records.length;
    let count = 1;
    for (const frame of this.#waiting.slice(1)) {
      if (frame.byte !== end || end + frame.records.length - first.byte > applyBytesMax) break;
      end += frame.records.length;
      count++;
    }
    const { build, fence, byte } = first;
    return { build, fence, byte, length: end - byte, frames: this.#waiting.splice(0, count) };
  }

  #tell(answer: Applied): void {
    switch (answer.kind) {
      case 'applied':
        if (!answer.ended) {
          this.#events.acknowledged(answer.position);
          return;
        }
        this.#stop();
        this.#events.done(answer.next);
        return;
      case 'wanted':
        this.#drop();
        this.#wanted = answer.position.byte;
        this.#events.wanted(answer.position);
        return;
      case 'fenced':
        this.#stop();
        this.#events.fenced(answer.message);
        return;
      case 'malformed':
        this.#stop();
        this.#events.malformed(answer.message);
        return;
      case 'replaced':
        this.#fail('name-taken', 'A newer connection speaks for this worker.');
    }
  }

  #fail(code: RefusalCode, why: string): void {
    this.#stop();
    this.#events.failed(code, why);
  }

  #stop(): void {
    this.#over = true;
    this.#drop();
  }

  #drop(): void {
    for (const frame of this.#waiting) this.#bytes -= frame.records.length;
    this.#waiting = [];
  }
}

/** Names a journal in a map. */
export function holdingKey(holding: Holding): string {
  return `${holding.build}-${holding.fence}`;
}
