import { unreachable } from '@millrace/kernel/assert';
import type { Clock, Timer } from '@millrace/kernel/clock';
import { every } from '@millrace/kernel/clock';
import type { Connect, Connection } from '@millrace/protocol/agent/connection';
import { frameHeadBytes, writeFrameHead } from '@millrace/protocol/agent/frame';
import { agentProtocolVersion } from '@millrace/protocol/agent/messages';
import type {
  FromAgent,
  FromMaster,
  Holding,
  RefusalCode,
  RunOrder,
} from '@millrace/protocol/agent/messages';
import { WrittenJournal } from '../../conformance/running-build.ts';
import type { SeededRandom } from '../../seeded-random.ts';

export interface LightAgentParts {
  readonly worker: string;
  readonly slots: number;
  readonly connect: Connect;
  readonly clock: Clock;
  readonly random: SeededRandom;
  /** Somebody ended, or took away, a build that nobody wanted to end. */
  readonly onTouched: (what: string) => void;
}

interface Held extends Holding {
  readonly journal: WrittenJournal;
  ended: boolean;
}

const buildMsMax = 900;
const againMsMax = 250;
const facts = { os: 'linux', architecture: 'x64', hostname: 'h', cpus: 2, memoryBytes: 1, version: '0' };

/**
 * A worker's agent without disk and slots: builds take a while and succeed; their journals are kept in memory until
 * they are done, and sent again from where the store wants them. It comes again and again, also where it is refused.
 */
export class LightAgent {
  readonly #parts: LightAgentParts;
  readonly #held = new Map<number, Held>();
  #connection: Connection | undefined;
  #welcomed = false;
  #heartbeat: Timer | undefined;
  #beats = 0;
  /** How many builds it has begun. */
  begun = 0;

  constructor(parts: LightAgentParts) {
    this.#parts = parts;
  }

  /** Whether a master has welcomed it. */
  get isUp(): boolean {
    return this.#welcomed;
  }

  start(): void {
    const events = {
      onMessage: (message: string | Uint8Array) => this.#hear(JSON.parse(message as string) as FromMaster),
      onDrain: () => undefined,
      onClose: () => this.#down(),
    };
    this.#parts.connect(events, new AbortController().signal).then(
      (connection) => {
        this.#connection = connection;
        this.#say(this.#hello());
      },
      () => this.#comeAgain(),
    );
  }

  #hello(): FromAgent {
    const { worker, slots } = this.#parts;
    const journals = [...this.#held.values()].map(({ build, fence, ended }) => ({ build, fence, ended }));
    const spool = `spool of ${worker}`;
    return {
      type: 'hello',
      version: agentProtocolVersion,
      worker,
      spool,
      slots,
      facts,
      journals,
      room: { accepts: true },
    };
  }

  #hear(message: FromMaster): void {
    switch (message.type) {
      case 'welcome':
        this.#welcomed = true;
        this.#heartbeat = every(this.#parts.clock, message.heartbeatMs, () =>
          this.#say({ type: 'heartbeat', number: ++this.#beats }),
        );
        for (const verdict of message.journals) {
          if (verdict.kind === 'resume') this.#send(verdict.build, verdict.position.seq);
          else this.#forget(verdict.build, verdict.kind === 'fenced' ? verdict.message : undefined);
        }
        for (const order of message.run) this.#begin(order);
        return;
      case 'run':
        return this.#begin(message);
      case 'wanted':
        return this.#send(message.build, message.position.seq);
      case 'done':
        return this.#forget(message.build);
      case 'fenced':
        return this.#forget(message.build, message.message);
      case 'cancel':
        return this.#parts.onTouched(`build ${message.build} was cancelled: ${message.message}`);
      case 'refusal':
        return this.#refused(message.code);
      case 'acknowledged':
      case 'heard':
      case 'note':
      case 'watch':
        return;
      default:
        return unreachable(message);
    }
  }

  #begin(order: RunOrder): void {
    const { build, fence, planHash } = order;
    if (this.#held.has(build)) return;
    const { clock, random, worker } = this.#parts;
    this.begun += 1;
    const journal = new WrittenJournal([{ kind: 'begin', build, fence, planHash, worker }], clock.now());
    this.#held.set(build, { build, fence, journal, ended: false });
    this.#send(build, 0);
    clock.after(random.between(10, buildMsMax), () => {
      const held = this.#held.get(build);
      if (held === undefined) return;
      held.ended = true;
      journal.add({ kind: 'build-finished', result: 'success' });
      this.#send(build, 1);
    });
  }

  /** The records from `seq` on. */
  #send(build: number, seq: number): void {
    const held = this.#held.get(build);
    if (held === undefined || !this.#welcomed) return;
    const records = held.journal.bytes(seq);
    if (records.length === 0) return;
    const frame = new Uint8Array(frameHeadBytes + records.length);
    writeFrameHead(frame, { build, fence: held.fence, byte: held.journal.byteOf(seq) });
    frame.set(records, frameHeadBytes);
    this.#connection?.send(frame);
  }

  #forget(build: number, fencedWhy?: string): void {
    this.#held.delete(build);
    if (fencedWhy !== undefined) this.#parts.onTouched(`build ${build} was fenced: ${fencedWhy}`);
  }

  /** Who builds is heard to the end, also where the config does not have it any more. */
  #refused(code: RefusalCode): void {
    const running = [...this.#held.values()].filter(({ ended }) => !ended);
    if (code === 'unknown-worker' && running.length > 0)
      this.#parts.onTouched(`${this.#parts.worker} was sent away while it built ${running[0]?.build}`);
  }

  #say(message: FromAgent): void {
    this.#connection?.send(JSON.stringify(message));
  }

  #down(): void {
    this.#welcomed = false;
    this.#connection = undefined;
    this.#heartbeat?.cancel();
    this.#comeAgain();
  }

  #comeAgain(): void {
    this.#parts.clock.after(this.#parts.random.between(10, againMsMax), () => this.start());
  }
}
