import type { Clock } from '@millrace/kernel/clock';
import type { Random } from '@millrace/kernel/random';
import type { Holding, LogName } from '@millrace/protocol/agent/messages';
import type { Connect } from '../connection.ts';
import type { FromSlot } from '../slot/link.ts';
import { watchedWindowMs } from '../slot/watched-window.ts';
import type { HeldBuild, PendingOrder } from './held-build.ts';
import { SlotLink } from './slot-link.ts';

export interface SlotBoardParts {
  readonly slots: number;
  readonly connectSlot: (slot: number) => Connect;
  readonly clock: Clock;
  readonly random: Random;
  readonly onState: (link: SlotLink) => void;
  readonly onMessage: (link: SlotLink, message: Exclude<FromSlot, { type: 'slot-state' }>) => void;
}

/** A slot is told how far its journal is committed once in so much. */
const tellBytes = 32 * 1024;

/** The slots of this machine: what each runs, and what they are told. */
export class SlotBoard {
  readonly links: readonly SlotLink[];
  readonly #clock: Clock;
  /** The logs that somebody follows, by build. */
  readonly #watched = new Map<number, Set<number>>();
  /** As the slots were told: it goes by how many logs are watched. */
  #windowMs = watchedWindowMs(0);
  #heardAtMs: number | undefined;

  constructor({ slots, connectSlot, ...parts }: SlotBoardParts) {
    this.#clock = parts.clock;
    this.links = Array.from(
      { length: slots },
      (_, slot) => new SlotLink({ slot, connect: connectSlot(slot), ...parts }),
    );
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.links.map((link) => link.run(signal)));
  }

  /** The slot that runs this. */
  runs(holding: Holding): SlotLink | undefined {
    return this.links.find((link) => link.runs(holding));
  }

  /** Every slot has told what it runs, or is dead, and none runs this. */
  noneRuns(holding: Holding): boolean {
    return this.links.every((link) => link.state.kind !== 'seeking' && !link.runs(holding));
  }

  /** Gives an order to its slot, once a connection, if the slot is free. */
  give(held: HeldBuild, pending: PendingOrder): void {
    const link = this.links[pending.order.slot];
    if (link?.state.kind !== 'live' || link.state.build !== null || pending.sentOn === link.times) return;
    pending.sentOn = link.times;
    link.say({ type: 'run', order: pending.order });
    this.tellCancel(held);
  }

  /** All that a slot should know of what it runs: said anew whenever it may have missed it. */
  tell(link: SlotLink, held: HeldBuild | undefined): void {
    this.#tellHeard(link);
    this.#tellWatched(link);
    this.#tellOf(held);
  }

  /** The same for a slot that has just begun a build, or ended one, on a line that stood before: most need nothing. */
  tellChanged(link: SlotLink, held: HeldBuild | undefined): void {
    if (this.#isWatched(link)) this.#tellWatched(link);
    this.#tellOf(held);
  }

  #tellOf(held: HeldBuild | undefined): void {
    if (held === undefined) return;
    if (held.fenced) this.tellFenced(held);
    this.#tellAcknowledged(held);
    this.tellCancel(held);
  }

  /** A slot only looks how full its spool is, which holds thousands of times this: most builds need no such word. */
  tellAcknowledged(held: HeldBuild): void {
    if ((held.replica?.stored?.byte ?? 0) - (held.toldByte ?? 0) >= tellBytes) this.#tellAcknowledged(held);
  }

  #tellAcknowledged(held: HeldBuild): void {
    const byte = held.replica?.stored?.byte ?? 0;
    // Of a journal that has just begun a slot knows that nothing is committed.
    if (byte === 0) return;
    held.toldByte = byte;
    this.runs(held)?.say({ type: 'acknowledged', build: held.build, fence: held.fence, byte });
  }

  tellFenced({ build, fence }: Holding): void {
    this.runs({ build, fence })?.say({ type: 'fenced', build, fence });
  }

  tellCancel({ build, fence, order, cancel }: HeldBuild): void {
    if (cancel === undefined) return;
    // A slot that has just been sent the order has not said yet that it runs it.
    const ordered = this.links.find((link) => order?.order.slot === link.slot && order.sentOn === link.times);
    (this.runs({ build, fence }) ?? ordered)?.say({ type: 'cancel', build, fence, ...cancel });
  }

  /** Slots that run nothing have folders of earlier builds to spare. */
  makeRoom(): void {
    for (const link of this.links)
      if (link.state.kind === 'live' && link.build === null) link.say({ type: 'make-room' });
  }

  /** A master heard of this worker when this was sent, by the clock's monotonic time. */
  heard(sentAtMs: number): void {
    this.#heardAtMs = sentAtMs;
    for (const link of this.links) this.#tellHeard(link);
  }

  /** These logs are watched, and no others. */
  watchOnly(logs: readonly LogName[]): void {
    this.#watched.clear();
    for (const { build, log } of logs) {
      this.#watched.set(build, (this.#watched.get(build) ?? new Set<number>()).add(log));
    }
    this.#windowMs = this.#windowNow();
    for (const link of this.links) this.#tellWatched(link);
  }

  watch({ build, log }: LogName, on: boolean): void {
    const logs = this.#watched.get(build) ?? new Set<number>();
    if (on) logs.add(log);
    else logs.delete(log);
    if (logs.size > 0) this.#watched.set(build, logs);
    else this.#watched.delete(build);
    for (const link of this.links) if (link.build?.build === build) this.#tellWatched(link);
    this.#tellWindow();
  }

  unwatch(build: number): void {
    if (this.#watched.delete(build)) this.#tellWindow();
  }

  /** With one log more or less all that are watched may have another window. */
  #tellWindow(): void {
    const windowMs = this.#windowNow();
    if (windowMs === this.#windowMs) return;
    this.#windowMs = windowMs;
    for (const link of this.links) if (this.#isWatched(link)) this.#tellWatched(link);
  }

  #windowNow(): number {
    let logs = 0;
    for (const ofBuild of this.#watched.values()) logs += ofBuild.size;
    return watchedWindowMs(logs);
  }

  #isWatched({ build }: SlotLink): boolean {
    return build !== null && this.#watched.has(build.build);
  }

  #tellWatched(link: SlotLink): void {
    if (link.build === null) return;
    const logs = [...(this.#watched.get(link.build.build) ?? [])];
    link.say({ type: 'watched', logs, windowMs: this.#windowMs });
  }

  #tellHeard(link: SlotLink): void {
    if (this.#heardAtMs === undefined) return;
    link.say({ type: 'heard', agoMs: this.#clock.monotonicMs() - this.#heardAtMs });
  }
}
