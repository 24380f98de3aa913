import type { Clock, Timer } from '@millrace/kernel/clock';
import type { Random } from '@millrace/kernel/random';
import { agentProtocolVersion } from '@millrace/protocol/agent/messages';
import type { FromAgent, FromMaster, Holding, WorkerFacts } from '@millrace/protocol/agent/messages';
import { journalStart } from '@millrace/protocol/journal/codec';
import type { Connect } from '../connection.ts';
import type { Disk } from '../disk.ts';
import { endLostJournal } from '../journal/end-lost-journal.ts';
import type { FromSlot } from '../slot/link.ts';
import { inspectJournal } from './inspect-journal.ts';
import { keyOf } from './held-build.ts';
import type { HeldBuild } from './held-build.ts';
import { HeldBuilds } from './held-builds.ts';
import { MasterLink } from './master-link.ts';
import type { Welcome } from './master-link.ts';
import { RecordPump } from './record-pump.ts';
import type { Replica } from './replica.ts';
import { RoomWatch } from './room-watch.ts';
import { SlotBoard } from './slot-board.ts';
import type { SendWait } from './send-times.ts';
import type { SlotLink } from './slot-link.ts';

export interface AgentOptions {
  /** The worker's name in the master's config. */
  readonly worker: string;
  /** The spool's identity: see `data-folder.ts`. */
  readonly spoolId: string;
  /** The folder whose `journals/` holds the spool. */
  readonly spool: string;
  readonly slots: number;
  readonly facts: WorkerFacts;
  /** With less free space than this the worker takes no new builds. */
  readonly freeBytesMin: number;
}

export interface AgentParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly disk: Disk;
  readonly connectMaster: Connect;
  /** @throws MillraceError `nobody-listens` when the slot's process is certainly not there. */
  readonly connectSlot: (slot: number) => Connect;
  /** Free bytes of the volume that holds the spool. */
  readonly freeBytes: () => Promise<number>;
  /** Ends what a dead slot has left running of a build. */
  readonly endProcesses: (holding: Holding) => void;
  /** For people. */
  readonly log: (text: string) => void;
}

/** A lost journal's end is tried again after this while, where the disk had no room for it. */
const endAgainMs = 5_000;
const roomEveryMs = 10_000;

type Order = Exclude<FromMaster, { type: 'welcome' | 'refusal' | 'heard' | 'note' }>;
type SlotWord = Exclude<FromSlot, { type: 'slot-state' }>;

/**
 * Stands between a master and the slots of one machine: gives orders to slots, and sends their journals.
 *
 * It keeps nothing that the disk, the slots or the store do not know. Started anew after any death, it finds
 * the journals on disk, asks the slots what they run, and is told by the master from where to send.
 */
export class Agent {
  readonly #options: AgentOptions;
  readonly #parts: AgentParts;
  readonly #builds: HeldBuilds;
  readonly #slots: SlotBoard;
  readonly #master: MasterLink;
  readonly #pump: RecordPump;
  readonly #room: RoomWatch;
  /** By slot, the connection of its link (`times`) on which it was told all there was to know. */
  readonly #toldOn = new Map<SlotLink, number>();
  #endingAgain: Timer | undefined;

  constructor(options: AgentOptions, parts: AgentParts) {
    this.#options = options;
    this.#parts = parts;
    const { clock, random, log, disk, connectSlot, freeBytes } = parts;
    this.#slots = new SlotBoard({
      slots: options.slots,
      connectSlot,
      clock,
      random,
      onState: (link) => this.#onSlotState(link),
      onMessage: (link, message) => this.#onSlot(link, message),
    });
    this.#pump = new RecordPump({
      clock,
      send: (frame) => this.#master.send(frame),
      onStuck: (replica) => this.#forked(replica),
    });
    this.#master = new MasterLink({
      connect: parts.connectMaster,
      clock,
      random,
      hello: () => this.#hello(),
      onWelcome: (welcome) => this.#onWelcome(welcome),
      onMessage: (order) => this.#onOrder(order),
      onHeard: (sentAtMs) => this.#slots.heard(sentAtMs),
      onDrain: () => this.#pump.drained(),
      onDown: () => this.#onDown(),
      log,
    });
    this.#builds = new HeldBuilds({
      clock,
      disk,
      spool: options.spool,
      slots: this.#slots,
      pump: this.#pump,
      master: this.#master,
      log,
    });
    this.#room = new RoomWatch({
      clock,
      freeBytes,
      freeBytesMin: options.freeBytesMin,
      everyMs: roomEveryMs,
      onChange: (room) => void this.#master.send({ type: 'room', room }),
      onLow: () => this.#slots.makeRoom(),
      log,
    });
  }

  /** Runs until the signal aborts. The builds go on without it. */
  async run(signal: AbortSignal): Promise<void> {
    this.#builds.recover();
    try {
      await this.#room.look();
      await Promise.all([this.#master.run(signal), this.#slots.run(signal), this.#room.run(signal)]);
    } finally {
      this.#endingAgain?.cancel();
      this.#builds.stop();
      this.#pump.stop();
    }
  }

  /** Whether a master listens that has not been told all that is on the disk. */
  get hasToSend(): boolean {
    return this.#master.up && [...this.#builds.all()].some(({ replica }) => replica !== undefined);
  }

  #hello(): FromAgent {
    const { worker, spoolId, slots, facts } = this.#options;
    return {
      type: 'hello',
      version: agentProtocolVersion,
      worker,
      spool: spoolId,
      slots,
      facts,
      journals: [...this.#builds.all()].flatMap(({ build, fence, replica }) =>
        replica === undefined ? [] : [{ build, fence, ended: replica.ended }],
      ),
      room: this.#room.room,
      clock: Math.max(0, Math.round(this.#parts.clock.now())),
    };
  }

  // What the master says.

  #onWelcome(welcome: Welcome): void {
    this.#builds.connected();
    const judged = new Set(welcome.journals.map(keyOf));
    const ordered = new Set(welcome.run.map(keyOf));
    for (const verdict of welcome.journals) {
      const held = this.#builds.get(verdict);
      if (held !== undefined) this.#onVerdict(held, verdict);
    }
    for (const order of welcome.run) this.#builds.order(order);
    for (const held of this.#builds.all()) {
      if (judged.has(keyOf(held)) || held.fenced) continue;
      // Begun since the hello: it is offered from the beginning, and the answer tells whether it is wanted.
      if (held.replica !== undefined) held.replica.place(journalStart);
      // An order of before that the store does not repeat is void.
      else if (!ordered.has(keyOf(held))) this.#builds.forget(held);
    }
    this.#slots.watchOnly(welcome.watched);
    for (const link of this.#slots.links) {
      if (link.build !== null) this.#slots.tell(link, this.#builds.get(link.build));
    }
    this.#reconcile();
    this.#pump.connected(welcome.creditBytes);
  }

  #onVerdict(held: HeldBuild, verdict: Welcome['journals'][number]): void {
    switch (verdict.kind) {
      case 'resume':
        if (verdict.cancel !== undefined) held.cancel = verdict.cancel;
        held.replica?.place(verdict.position);
        return;
      case 'done':
        this.#builds.forget(held);
        return;
      case 'fenced':
        this.#builds.fence(held, verdict.message);
    }
  }

  #onOrder(order: Order): void {
    if (order.type === 'watch') {
      this.#slots.watch(order, order.on);
    } else if (order.type === 'run') {
      // A double that comes after its build was finished is not run again.
      if (!this.#builds.hasFinished(order)) this.#builds.order(order);
    } else {
      // A notice that comes after its build's journal was removed has nothing left to say.
      const held = this.#builds.get(order);
      if (held !== undefined) this.#onNotice(held, order);
    }
    this.#reconcile();
    this.#pump.pump();
  }

  #onNotice(held: HeldBuild, notice: Exclude<Order, { type: 'run' | 'watch' }>): void {
    switch (notice.type) {
      case 'acknowledged':
        held.replica?.acknowledge(notice.position);
        this.#slots.tellAcknowledged(held);
        return;
      case 'wanted':
        if (!held.fenced) held.replica?.place(notice.position);
        return;
      case 'done':
        this.#builds.forget(held);
        return;
      case 'fenced':
        this.#builds.fence(held, notice.message);
        return;
      case 'cancel':
        held.cancel = { reason: notice.reason, message: notice.message };
        this.#slots.tellCancel(held);
    }
  }

  #onDown(): void {
    for (const { replica } of this.#builds.all()) replica?.unplace();
  }

  // What a slot says.

  #onSlotState(link: SlotLink): void {
    const held = link.build === null ? undefined : this.#builds.taken(link.build, link);
    if (this.#toldOn.get(link) === link.times) this.#slots.tellChanged(link, held);
    else this.#slots.tell(link, held);
    this.#toldOn.set(link, link.times);
    this.#reconcile();
    this.#pump.pump();
  }

  #onSlot(link: SlotLink, word: SlotWord): void {
    const held = this.#builds.ofSlot(word);
    if (held === undefined) return;
    if (word.type === 'refused') {
      this.#onRefused(link, held, word.message);
    } else if (held.replica !== undefined) {
      if (word.type === 'ended') held.replica.end(word.byte);
      else held.replica.grow(word.byte);
      this.#pump.grown(held.replica, sendWaitOf(word));
    }
    this.#reconcile();
    this.#pump.pump();
  }

  #onRefused(link: SlotLink, held: HeldBuild, message: string): void {
    // Where its journal was found on disk, the order is no more: it was run before, and its end is due.
    if (held.order === undefined || held.order.sentOn !== link.times) return;
    if (link.build === null) this.#builds.refuse(held, message);
    // It was not free yet: the order goes out again when it is.
    else if (!link.runs(held)) held.order.sentOn = undefined;
  }

  // What follows.

  /**
   * Brings together what the master wants, what the slots run and what lies on the disk. Called after any of
   * them has changed; calling it again changes nothing.
   */
  #reconcile(): void {
    for (const held of this.#builds.all()) {
      if (held.order !== undefined) this.#slots.give(held, held.order);
      else if (this.#slots.noneRuns(held)) this.#endAbandoned(held);
      else {
        held.abandoned = false;
        if (held.replica?.behindStore && held.replica.placed && this.#slots.runs(held)) {
          // Its slot lives and has written less than the store has: this is another history.
          this.#forked(held.replica);
        }
      }
    }
  }

  /** No slot runs it any more: it has ended, is fenced, or its slot died. */
  #endAbandoned(held: HeldBuild): void {
    const { replica } = held;
    if (held.fenced || replica === undefined) {
      this.#parts.endProcesses(held);
      this.#builds.forget(held);
      return;
    }
    if (held.abandoned !== true) {
      held.abandoned = true;
      // One whose slot has said that it is ended needs no look, and is on its way with those of others.
      if (!replica.ended) this.#lookForEnd(held, replica);
    }
    // Whether the end is due, and where it is written, only the store's position tells.
    const due = replica.stored !== undefined && (!replica.ended || replica.behindStore);
    if (due && this.#endingAgain === undefined) this.#endLost(held, replica);
  }

  /** The slot may have written more than it could tell. */
  #lookForEnd(held: HeldBuild, replica: Replica): void {
    const found = inspectJournal(this.#parts.disk, replica.file);
    if (found.ended) {
      replica.end(found.endByte);
      replica.release();
    } else {
      // With or without a master: nobody is left who would take what they print.
      this.#parts.endProcesses(held);
    }
  }

  #endLost(held: HeldBuild, replica: Replica): void {
    const { clock, disk, log } = this.#parts;
    const lost = endLostJournal(replica.file, replica.stored, {
      clock,
      disk,
      spool: this.#options.spool,
      message: 'The slot that ran the build died.',
    });
    switch (lost.kind) {
      case 'ended':
        log(`The slot of build ${held.build} is dead: the build ends as slot-lost.`);
        replica.replaceFile(lost.file, lost.position.byte);
        return;
      case 'removed':
        this.#builds.refuse(held, 'The slot that was to run it died before it had begun.');
        return;
      case 'full':
        this.#endingAgain = clock.after(endAgainMs, () => {
          this.#endingAgain = undefined;
          this.#reconcile();
          this.#pump.pump();
        });
        return;
      case 'malformed':
        // It is sent as it is: the master says what is wrong with it, and ends the build.
        replica.replaceFile(lost.file, inspectJournal(disk, lost.file).endByte);
    }
  }

  /** Nothing that this journal could send goes on from where the store is. */
  #forked(replica: Replica): void {
    const { build, fence } = replica;
    replica.unplace();
    this.#parts.log(`The journal of build ${build} does not go on from where the master's store is.`);
    this.#master.send({ type: 'forked', build, fence, byte: replica.endByte });
  }
}

/** A slot that has ended its build waits for another. */
function sendWaitOf(word: Extract<SlotWord, { type: 'grown' | 'ended' }>): SendWait {
  if (word.type === 'ended') return 'now';
  if (!word.urgent) return 'collect';
  return word.inWindow === true ? 'gather' : 'now';
}
