import type { Clock } from '@millrace/kernel/clock';
import { codeOf, messageOf } from '@millrace/kernel/errors';
import type { FromAgent, Holding, RunOrder } from '@millrace/protocol/agent/messages';
import { journalStart } from '@millrace/protocol/journal/codec';
import type { Disk } from '../disk.ts';
import type { JournalFile } from '../journal/journal-file.ts';
import { findJournal, journalFile, listJournals, removeJournal } from '../journal/journal-file.ts';
import { inspectJournal } from './inspect-journal.ts';
import type { InspectedJournal } from './inspect-journal.ts';
import { keyOf } from './held-build.ts';
import type { HeldBuild } from './held-build.ts';
import type { RecordPump } from './record-pump.ts';
import { Replica } from './replica.ts';
import type { SlotBoard } from './slot-board.ts';
import type { SlotLink } from './slot-link.ts';

export interface HeldBuildsParts {
  readonly clock: Clock;
  readonly disk: Disk;
  readonly spool: string;
  readonly slots: SlotBoard;
  readonly pump: RecordPump;
  readonly master: { readonly up: boolean; send(message: FromAgent): boolean };
  readonly log: (text: string) => void;
}

/** How long an order waits for its slot: one that ends the tree of the build before, or is started anew. */
const orderWaitMs = 60_000;
/** Builds that were finished on this connection, so that a late double of an order is not run. */
const finishedMax = 1_000;

/** What this worker has of builds, and the acts by which a build comes, is handed over and goes. */
export class HeldBuilds {
  readonly #parts: HeldBuildsParts;
  readonly #builds = new Map<string, HeldBuild>();
  readonly #finished = new Set<string>();

  constructor(parts: HeldBuildsParts) {
    this.#parts = parts;
  }

  get(holding: Holding): HeldBuild | undefined {
    return this.#builds.get(keyOf(holding));
  }

  all(): IterableIterator<HeldBuild> {
    return this.#builds.values();
  }

  /** Was it finished here since the connection was made? */
  hasFinished(holding: Holding): boolean {
    return this.#finished.has(keyOf(holding));
  }

  /** A new connection: what its welcome says is not about the past. */
  connected(): void {
    this.#finished.clear();
  }

  /** What earlier agents left on the disk. */
  recover(): void {
    for (const file of listJournals(this.#parts.disk, this.#parts.spool)) {
      try {
        this.#offer(this.#hold(file), file);
      } catch (error) {
        // One file that the disk does not give back must not keep the others: the master ends its build.
        if (codeOf(error) === undefined) throw error;
        this.#parts.log(`The journal of build ${file.build} cannot be read: ${messageOf(error)}`);
        this.#builds.delete(keyOf(file));
      }
    }
  }

  /** Takes an order. One that is known is on its way already. */
  order(order: RunOrder): void {
    if (this.get(order) !== undefined) return;
    const held = this.#hold(order);
    const slots = this.#parts.slots.links.length;
    if (order.slot < slots) held.order = { order, timer: this.#orderTimer(held, order.slot) };
    else this.refuse(held, `The worker has ${slots} slots; there is no slot ${order.slot}.`);
  }

  /**
   * A slot speaks of this build. One that is not known is taken up where its journal is on disk; otherwise what
   * is said comes too late, after its journal was removed, or too early, before it was begun.
   */
  ofSlot(holding: Holding): HeldBuild | undefined {
    const known = this.get(holding);
    if (known?.replica !== undefined) return known;
    const file = findJournal(this.#parts.disk, this.#parts.spool, holding);
    if (file === undefined) return known;
    const held = known ?? this.#hold(holding);
    this.#offer(held, file);
    return held;
  }

  /**
   * A slot says that it runs this. Where it took the order on the line on which it says so, it has just begun the
   * journal, and will say on this line how far it is: no need to look for it on the disk, nor into it.
   */
  taken(holding: Holding, link: SlotLink): HeldBuild | undefined {
    const known = this.get(holding);
    if (known?.replica !== undefined || known?.order === undefined) return this.ofSlot(holding);
    const { order, sentOn } = known.order;
    if (order.slot !== link.slot || sentOn !== link.times) return this.ofSlot(holding);
    this.#replicate(known, journalFile(this.#parts.spool, known), {
      endByte: journalStart.byte,
      ended: false,
    });
    return known;
  }

  /** It cannot be run here, and no journal was begun: the master may try elsewhere. */
  refuse(held: HeldBuild, message: string): void {
    const { build, fence } = held;
    this.#parts.log(`Build ${build} is refused: ${message}`);
    // Without a connection nothing is said: the next welcome gives it out again.
    this.#parts.master.send({ type: 'refused', build, fence, message });
    this.forget(held);
  }

  /** Somebody else holds it: its slot ends it, and nothing more is sent. */
  fence(held: HeldBuild, message: string): void {
    if (held.fenced) return;
    this.#parts.log(`Build ${held.build} is not this worker's any more: ${message}`);
    held.fenced = true;
    held.replica?.unplace();
    dropOrder(held);
    this.#parts.slots.tellFenced(held);
  }

  /** Nothing is left to do: its end is committed, or it never began. */
  forget(held: HeldBuild): void {
    dropOrder(held);
    this.#builds.delete(keyOf(held));
    this.#parts.slots.unwatch(held.build);
    this.#finished.add(keyOf(held));
    for (const oldest of this.#finished) {
      if (this.#finished.size <= finishedMax) break;
      this.#finished.delete(oldest);
    }
    if (held.replica === undefined) return;
    this.#parts.pump.remove(held.replica);
    held.replica.close();
    const { file } = held.replica;
    // One from its beginning on is all there is of it: no need to read the folder's names.
    if (file.base.seq === 0) this.#parts.disk.remove(file.path);
    else removeJournal(this.#parts.disk, this.#parts.spool, held);
  }

  stop(): void {
    for (const held of this.#builds.values()) held.order?.timer.cancel();
  }

  #hold({ build, fence }: Holding): HeldBuild {
    const held: HeldBuild = { build, fence, fenced: false };
    this.#builds.set(keyOf(held), held);
    return held;
  }

  /** The journal is on disk: it is replicated from here on. */
  #offer(held: HeldBuild, file: JournalFile): void {
    this.#replicate(held, file, inspectJournal(this.#parts.disk, file));
  }

  #replicate(held: HeldBuild, file: JournalFile, found: InspectedJournal): void {
    dropOrder(held);
    const replica = new Replica(this.#parts.disk, file, found);
    // The welcome did not know of it, so that it has just begun. Were that wrong, the answer would be `wanted`.
    if (this.#parts.master.up && !held.fenced) replica.place(journalStart);
    held.replica = replica;
    this.#parts.pump.add(replica);
  }

  #orderTimer(held: HeldBuild, slot: number): ReturnType<Clock['after']> {
    return this.#parts.clock.after(orderWaitMs, () => {
      if (held.order === undefined) return;
      // It has taken it and waits itself, for room on the disk: that is for it to say.
      if (this.#parts.slots.runs(held)) held.order = { ...held.order, timer: this.#orderTimer(held, slot) };
      else this.refuse(held, `Slot ${slot} of the worker did not take it within ${orderWaitMs / 1000} s.`);
    });
  }
}

function dropOrder(held: HeldBuild): void {
  held.order?.timer.cancel();
  held.order = undefined;
}
