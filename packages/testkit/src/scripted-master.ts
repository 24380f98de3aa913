import { assert } from '@millrace/kernel/assert';
import { MillraceError } from '@millrace/kernel/errors';
import type { Connect } from '@millrace/protocol/agent/connection';
import { readFrame } from '@millrace/protocol/agent/frame';
import { readFromAgent } from '@millrace/protocol/agent/message-schema';
import type { FromAgent, FromMaster, Holding, RunOrder } from '@millrace/protocol/agent/messages';
import { decodeRecord, journalStart } from '@millrace/protocol/journal/codec';
import type { Fact, Position } from '@millrace/protocol/journal/record';
import { ConnectionPair } from './connection-pair.ts';

/** A build as this master's record has it. */
export interface RecordedBuild {
  position: Position;
  readonly facts: Fact[];
  state: 'running' | 'ended' | 'fenced';
  cancel?: { reason: 'cancelled'; message: string };
}

/**
 * A master of which only the connection is real: what it records stands in memory, and the test says what it
 * gives out, and whether it answers. Being `down` it accepts nobody; its record stays.
 */
export class ScriptedMaster {
  readonly builds = new Map<string, RecordedBuild>();
  readonly orders = new Map<string, RunOrder>();
  /** What the agent said on the connection that stands, frames left out. */
  heard: FromAgent[] = [];
  /** The builds whose frames came, in their order, with how many bytes. */
  frames: { build: number; bytes: number }[] = [];
  connections = 0;
  down = false;
  /** Frames are kept back, unapplied and unanswered, until it is true again; {@link answer} lets them in. */
  answering = true;
  creditBytes = 4 * 1024 ** 2;
  heartbeatMs = 5_000;
  lostAfterMs = 120_000;
  #line: ConnectionPair | undefined;
  #kept: Uint8Array[] = [];

  readonly connect: Connect = async (events, signal) => {
    signal.throwIfAborted();
    if (this.down) throw new MillraceError('nobody-listens', 'The master is down.');
    const line = new ConnectionPair();
    this.connections++;
    this.heard = [];
    this.#kept = [];
    this.#line = line;
    line.left.listen(events);
    line.right.listen({
      onMessage: (message) => {
        if (this.#line !== line) return;
        if (typeof message === 'string') this.#onText(readFromAgent(message));
        else if (this.answering) this.#onFrame(message);
        else this.#kept.push(message);
      },
      onDrain: () => undefined,
      onClose: () => undefined,
    });
    return line.left.connection;
  };

  get connected(): boolean {
    return this.#line?.open ?? false;
  }

  recorded(holding: Holding): RecordedBuild {
    const build = this.builds.get(key(holding));
    assert(build, `build ${holding.build} was given out`);
    return build;
  }

  /** Gives a build out, by a message where the agent is connected. */
  run(order: RunOrder): void {
    this.orders.set(key(order), order);
    this.builds.set(key(order), { position: journalStart, facts: [], state: 'running' });
    this.say({ type: 'run', ...order });
  }

  say(message: FromMaster): void {
    this.#line?.right.connection.send(JSON.stringify(message));
  }

  /** Lets in what was kept back. */
  answer(): void {
    const kept = this.#kept;
    this.#kept = [];
    for (const frame of kept) this.#onFrame(frame);
  }

  /** The line breaks, and what was kept back is lost. */
  cut(): void {
    this.#line?.cut();
  }

  mute(): void {
    this.#line?.mute();
  }

  kill(): void {
    this.down = true;
    this.cut();
  }

  #onText(message: FromAgent): void {
    this.heard.push(message);
    if (message.type === 'hello') this.#welcome(message);
    if (message.type === 'heartbeat') this.say({ type: 'heard', number: message.number });
  }

  #welcome(hello: Extract<FromAgent, { type: 'hello' }>): void {
    const named = new Set(hello.journals.map(key));
    this.say({
      type: 'welcome',
      version: 1,
      master: 'scripted',
      heartbeatMs: this.heartbeatMs,
      lostAfterMs: this.lostAfterMs,
      creditBytes: this.creditBytes,
      journals: hello.journals.map(({ build, fence }) => {
        const known = this.builds.get(key({ build, fence }));
        if (known === undefined || known.state === 'fenced')
          return { kind: 'fenced', build, fence, message: 'It is held elsewhere.' };
        if (known.state === 'ended') return { kind: 'done', build, fence };
        const { position, cancel } = known;
        return { kind: 'resume', build, fence, position, ...(cancel === undefined ? {} : { cancel }) };
      }),
      run: [...this.orders.values()].filter(
        (order) => this.builds.get(key(order))?.state === 'running' && !named.has(key(order)),
      ),
      watched: [],
    });
  }

  #onFrame(bytes: Uint8Array): void {
    const { build, fence, byte, records } = readFrame(bytes);
    this.frames.push({ build, bytes: records.length });
    const known = this.builds.get(key({ build, fence }));
    if (known === undefined || known.state === 'fenced') {
      this.say({ type: 'fenced', build, fence, message: 'It is held elsewhere.' });
      return;
    }
    if (byte > known.position.byte) {
      this.say({ type: 'wanted', build, fence, position: known.position });
      return;
    }
    let rest = records.subarray(known.position.byte - byte);
    while (rest.length > 0) {
      const decoded = decodeRecord(known.position, rest);
      assert(decoded.kind === 'record', `a frame holds whole records that go on, not ${decoded.kind}`);
      rest = rest.subarray(decoded.next.byte - known.position.byte);
      known.position = decoded.next;
      known.facts.push(decoded.entry.fact);
      if (decoded.entry.fact.kind === 'build-finished') known.state = 'ended';
    }
    this.say({ type: 'acknowledged', build, fence, position: known.position });
    if (known.state === 'ended') this.say({ type: 'done', build, fence });
  }
}

function key({ build, fence }: Holding): string {
  return `${build}-${fence}`;
}
