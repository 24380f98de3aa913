import { unreachable } from '@millrace/kernel/assert';
import { codeOf } from '@millrace/kernel/errors';
import type { Holding, RunOrder } from '@millrace/protocol/agent/messages';
import type { Connection, ConnectionEvents } from '../connection.ts';
import { findJournal } from '../journal/journal-file.ts';
import { BuildRun } from './build-run.ts';
import type { BuildPlace } from './build-run.ts';
import { slotFolders } from './build-site.ts';
import type { SlotFolders } from './build-site.ts';
import type { FromSlot, ToSlot } from './link.ts';
import { readToSlot } from './read-to-slot.ts';
import type { StepParts } from './step-try.ts';
import { watchedWindowMs } from './watched-window.ts';

export type SlotParts = StepParts;
export type SlotPlace = BuildPlace;

/**
 * Runs builds, one at a time, and needs nobody while it does. Agents come and go: each that connects is told
 * what runs and how far its journal is.
 */
export class Slot {
  readonly #parts: SlotParts;
  readonly #place: SlotPlace;
  /** Who is connected, and whether they have still to be told how far the journal is: they read too slowly. */
  readonly #agents = new Map<Connection, { slow: boolean; behind: boolean }>();
  #running: { readonly holding: Holding; readonly run: BuildRun } | undefined;
  #onIdle: (() => void) | undefined;
  readonly #folders: SlotFolders;
  #makingRoom = false;

  constructor(parts: SlotParts, place: SlotPlace) {
    this.#parts = parts;
    this.#place = place;
    this.#folders = slotFolders(parts.disk, parts.clock, place);
  }

  /** What runs. */
  get build(): Holding | undefined {
    return this.#running?.holding;
  }

  /** Takes a new connection in; the answer is told what happens on it. */
  accept(connection: Connection): ConnectionEvents {
    const pace = { slow: false, behind: false };
    this.#agents.set(connection, pace);
    this.#say(this.#slotState(), connection);
    this.#sayHowFar(connection);
    return {
      onMessage: (line) => {
        const message = readToSlot(line);
        if (message !== undefined) this.#onMessage(connection, message);
      },
      onDrain: () => {
        pace.slow = false;
        if (pace.behind) this.#sayHowFar(connection);
      },
      onClose: () => this.#agents.delete(connection),
    };
  }

  /** Ends what runs, and resolves when nothing is left of it. */
  async shutDown(): Promise<void> {
    if (this.#running === undefined) return;
    const idle = new Promise<void>((resolve) => {
      this.#onIdle = resolve;
    });
    this.#running.run.stop({ why: 'shutdown', message: 'The slot was told to stop.' });
    await idle;
  }

  #onMessage(connection: Connection, message: ToSlot): void {
    switch (message.type) {
      case 'run':
        this.#run(connection, message.order);
        return;
      case 'cancel':
        this.#runOf(message)?.stop({ why: 'cancelled', reason: message.reason, message: message.message });
        return;
      case 'fenced':
        this.#runOf(message)?.fence();
        return;
      case 'acknowledged':
        this.#runOf(message)?.acknowledged(message.byte);
        return;
      case 'watched':
        this.#running?.run.watched(message.logs, message.windowMs ?? watchedWindowMs(message.logs.length));
        return;
      case 'heard':
        this.#running?.run.heard(message.agoMs);
        return;
      case 'make-room':
        this.#makeRoom();
        return;
      case 'tell-nothing':
        this.#agents.delete(connection);
        return;
      default:
        unreachable(message);
    }
  }

  /** One folder at a time: whoever asks looks how much room there is, and asks again. */
  #makeRoom(): void {
    if (this.#running !== undefined || this.#makingRoom) return;
    this.#makingRoom = true;
    // What cannot be removed is tried again when there is still no room.
    void this.#folders.builds
      .removeOldest()
      .catch(() => undefined)
      .finally(() => {
        this.#makingRoom = false;
      });
  }

  #runOf(holding: Holding): BuildRun | undefined {
    return this.#running !== undefined && same(this.#running.holding, holding)
      ? this.#running.run
      : undefined;
  }

  #run(connection: Connection, order: RunOrder): void {
    const holding = { build: order.build, fence: order.fence };
    if (this.#runOf(order) !== undefined) {
      // The order again, from an agent that does not know that it has been taken.
      this.#say(this.#slotState(), connection);
      return;
    }
    const why = this.#whyNot(order);
    const begun = why === undefined ? this.#begin(order, holding) : why;
    if (begun !== undefined) this.#say({ type: 'refused', ...holding, message: begun }, connection);
  }

  #whyNot(order: RunOrder): string | undefined {
    if (this.#running !== undefined)
      return `Slot ${this.#place.slot} runs build ${this.#running.holding.build}.`;
    if (findJournal(this.#parts.disk, this.#place.spool, order) !== undefined)
      return `Build ${order.build} has been run here before.`;
    return undefined;
  }

  /** Why the build could not be begun. */
  #begin(order: RunOrder, holding: Holding): string | undefined {
    let run: BuildRun;
    try {
      run = new BuildRun(
        this.#parts,
        this.#place,
        order,
        {
          onGrown: (byte, urgency) =>
            this.#tellGrown({
              type: 'grown',
              ...holding,
              byte,
              urgent: urgency !== 'later',
              ...(urgency === 'window' && { inWindow: true }),
            }),
          onEnded: (byte) => {
            this.#tell({ type: 'ended', ...holding, byte });
            this.#becomeIdle();
          },
          onGone: () => this.#becomeIdle(),
        },
        this.#folders,
      );
    } catch (thrown) {
      const code = codeOf(thrown);
      if (code === undefined) throw thrown;
      return `The journal of build ${order.build} could not be begun: ${code}.`;
    }
    this.#running = { holding, run };
    this.#tell(this.#slotState());
    run.start();
    return undefined;
  }

  #becomeIdle(): void {
    this.#running = undefined;
    this.#tell(this.#slotState());
    this.#onIdle?.();
  }

  #slotState(): FromSlot {
    return { type: 'slot-state', slot: this.#place.slot, build: this.#running?.holding ?? null };
  }

  #tell(message: FromSlot): void {
    for (const agent of this.#agents.keys()) this.#say(message, agent);
  }

  /** One who reads too slowly is told once it has caught up, so that nothing piles up here for it. */
  #tellGrown(message: FromSlot): void {
    for (const [agent, pace] of this.#agents) {
      if (pace.slow) pace.behind = true;
      else this.#say(message, agent);
    }
  }

  #sayHowFar(connection: Connection): void {
    if (this.#running === undefined) return;
    const { holding, run } = this.#running;
    this.#say({ type: 'grown', ...holding, byte: run.byte, urgent: true }, connection);
  }

  #say(message: FromSlot, connection: Connection): void {
    const pace = this.#agents.get(connection);
    const slow = !connection.send(JSON.stringify(message));
    if (pace === undefined) return;
    pace.slow = slow;
    if (message.type === 'grown') pace.behind = false;
  }
}

function same(left: Holding, right: Holding): boolean {
  return left.build === right.build && left.fence === right.fence;
}
