import { readFrame } from '@millrace/protocol/agent/frame';
import type { FromMaster, Holding, RefusalCode, RunOrder } from '@millrace/protocol/agent/messages';
import type { Applied, Piece } from './apply-pieces.ts';
import { holdingKey, JournalIntake } from './journal-intake.ts';
import { OneTurn } from './one-turn.ts';

export interface SessionJournalsParts {
  /** In the order of the session's worker. At most one piece of each journal. */
  readonly apply: (pieces: readonly Piece[]) => Promise<readonly Applied[]>;
  readonly send: (message: FromMaster) => void;
  /** What the slot of a build that is over builds next. */
  readonly begun: (order: RunOrder) => void;
  /** A journal has come to its end here, whichever. */
  readonly over: (build: number) => void;
  /** A journal cannot be read: its build ends. */
  readonly endForked: (holding: Holding, message: string) => void;
  readonly refuse: (code: RefusalCode, message: string) => void;
  readonly onTrouble: (error: unknown) => void;
  readonly creditBytes: number;
}

/** The most bytes that one connection may have waiting for commits, over all its journals. */
const connectionBytesMax = 64 * 1024 ** 2;

/** The journals that come over one connection, each with its intake, bounded together. */
export class SessionJournals {
  readonly #parts: SessionJournalsParts;
  readonly #intakes = new Map<string, JournalIntake>();
  readonly #turn: OneTurn<Piece, Applied>;
  #trouble: unknown;

  constructor(parts: SessionJournalsParts) {
    this.#parts = parts;
    this.#turn = new OneTurn(parts.apply);
  }

  get size(): number {
    return this.#intakes.size;
  }

  /** @throws MillraceError where the bytes are no frame */
  take(bytes: Uint8Array): void {
    const frame = readFrame(bytes);
    if (frame.records.length === 0) {
      this.#parts.refuse('malformed', 'It sent a frame without records.');
      return;
    }
    let under = frame.records.length;
    for (const intake of this.#intakes.values()) under += intake.bytes;
    if (under > connectionBytesMax) {
      this.#parts.refuse('malformed', `It sent more than ${connectionBytesMax} unacknowledged bytes.`);
      return;
    }
    const key = holdingKey(frame);
    const intake = this.#intakes.get(key) ?? this.#intake({ build: frame.build, fence: frame.fence });
    this.#intakes.set(key, intake);
    intake.take(frame);
  }

  close(): void {
    for (const intake of this.#intakes.values()) intake.close();
    this.#intakes.clear();
  }

  /** One that several journals met with is told once. */
  #tellTrouble(error: unknown): void {
    if (error !== this.#trouble) this.#parts.onTrouble(error);
    this.#trouble = error;
  }

  #intake(holding: Holding): JournalIntake {
    const { send, over, begun, endForked, refuse, creditBytes } = this.#parts;
    const ended = (message: FromMaster): void => {
      this.#intakes.delete(holdingKey(holding));
      send(message);
      over(holding.build);
    };
    return new JournalIntake(
      (piece) => this.#turn.add(piece),
      {
        acknowledged: (position) => send({ type: 'acknowledged', ...holding, position }),
        wanted: (position) => send({ type: 'wanted', ...holding, position }),
        done: (next) => {
          ended({ type: 'done', ...holding });
          if (next !== undefined) begun(next);
        },
        fenced: (message) => ended({ type: 'fenced', ...holding, message }),
        // A connection garbles nothing: it stands so on the worker's disk, and would be sent again for ever.
        malformed: (message) => endForked(holding, `The worker's journal cannot be read: ${message}`),
        failed: refuse,
        trouble: (error) => this.#tellTrouble(error),
      },
      creditBytes,
    );
  }
}

/** Of a journal that ends at a byte before what was sent of it. */
export function cutShort(byte: number): string {
  return `The worker's journal ends at byte ${byte}, before what it had sent: its disk was restored or lost its last writes.`;
}
