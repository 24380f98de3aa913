import { assert } from '@millrace/kernel/assert';
import type { Clock } from '@millrace/kernel/clock';
import { MillraceError } from '@millrace/kernel/errors';
import type { Connect } from '@millrace/protocol/agent/connection';
import type { Holding } from '@millrace/protocol/agent/messages';
import type { Fact } from '@millrace/protocol/journal/record';
import type { Disk } from '@millrace/worker/disk';
import { journalFile } from '@millrace/worker/journal/journal-file';
import { JournalWriter } from '@millrace/worker/journal/journal-writer';
import type { FromSlot, ToSlot } from '@millrace/worker/slot/link';
import { ConnectionPair } from './connection-pair.ts';

/**
 * A slot that runs nothing: it begins the journal of what it is given, writes what the test says, and ends
 * when the test says so. Its journal is a real one, so that what is sent of it can be applied.
 */
export class ScriptedSlot {
  readonly slot: number;
  /** What it was told, by any agent. */
  readonly told: ToSlot[] = [];
  /** Builds that it began, each of which must happen once. */
  readonly began: Holding[] = [];
  alive = true;
  readonly #clock: Clock;
  readonly #disk: Disk;
  readonly #spool: string;
  readonly #lines = new Set<ConnectionPair>();
  #running: { holding: Holding; writer: JournalWriter } | undefined;

  constructor(slot: number, clock: Clock, disk: Disk, spool: string) {
    this.slot = slot;
    this.#clock = clock;
    this.#disk = disk;
    this.#spool = spool;
  }

  readonly connect: Connect = async (events, signal) => {
    signal.throwIfAborted();
    if (!this.alive) throw new MillraceError('nobody-listens', 'The slot is dead.');
    const line = new ConnectionPair();
    this.#lines.add(line);
    line.left.listen(events);
    line.right.listen({
      onMessage: (message) => {
        assert(typeof message === 'string', 'agents speak JSON to slots');
        this.#on(JSON.parse(message) as ToSlot);
      },
      onDrain: () => undefined,
      onClose: () => this.#lines.delete(line),
    });
    const tell = (message: FromSlot): void => void line.right.connection.send(JSON.stringify(message));
    tell(this.#state());
    if (this.#running) tell(this.#grown(true));
    return line.left.connection;
  };

  /** Writes a fact and says so. */
  write(fact: Fact, urgent = true): void {
    assert(this.#running, 'the slot has a build');
    assert(this.#running.writer.append(fact) === 'appended', 'the disk has room');
    this.#say(this.#grown(urgent));
  }

  finish(): void {
    this.write({ kind: 'build-finished', result: 'success' });
    this.release();
  }

  /** Says that its journal is ended, and is free. */
  release(): void {
    assert(this.#running, 'the slot has a build');
    const { holding, writer } = this.#running;
    writer.close();
    this.#running = undefined;
    this.#say({ type: 'ended', ...holding, byte: writer.position.byte });
    this.#say(this.#state());
  }

  kill(): void {
    this.alive = false;
    this.#running = undefined;
    for (const line of this.#lines) line.cut('the slot died');
    this.#lines.clear();
  }

  start(): void {
    this.alive = true;
  }

  #on(message: ToSlot): void {
    this.told.push(message);
    if (message.type === 'run') this.#run(message.order);
    if (message.type === 'fenced' && this.#running?.holding.build === message.build) {
      this.#running.writer.close();
      this.#running = undefined;
      this.#say(this.#state());
    }
  }

  #run(order: Extract<ToSlot, { type: 'run' }>['order']): void {
    const { build, fence, planHash } = order;
    const holding = { build, fence };
    if (this.#running) {
      this.#say({ type: 'refused', ...holding, message: 'The slot is busy.' });
      return;
    }
    try {
      const writer = JournalWriter.create(this.#clock, this.#disk, journalFile(this.#spool, holding));
      this.#running = { holding, writer };
    } catch (error) {
      this.#say({ type: 'refused', ...holding, message: String(error) });
      return;
    }
    this.began.push(holding);
    this.#say(this.#state());
    this.write({ kind: 'begin', ...holding, planHash, worker: 'w' });
  }

  #state(): FromSlot {
    return { type: 'slot-state', slot: this.slot, build: this.#running?.holding ?? null };
  }

  #grown(urgent: boolean): FromSlot {
    assert(this.#running, 'the slot has a build');
    const { holding, writer } = this.#running;
    return { type: 'grown', ...holding, byte: writer.position.byte, urgent };
  }

  #say(message: FromSlot): void {
    for (const line of this.#lines) line.right.connection.send(JSON.stringify(message));
  }
}
