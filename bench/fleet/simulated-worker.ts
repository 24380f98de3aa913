import { WebSocket } from 'ws';
import { unreachable } from '@millrace/kernel/assert';
import { agentProtocolVersion } from '@millrace/protocol/agent/messages';
import type { FromAgent, FromMaster, Holding, RunOrder } from '@millrace/protocol/agent/messages';
import { frameHeadBytes, writeFrameHead } from '@millrace/protocol/agent/frame';
import { journalStart } from '@millrace/protocol/journal/codec';
import { SimulatedBuild } from './simulated-build.ts';
import type { SimulatedStep } from './simulated-build.ts';

/** The types of `ws` leave it out. */
interface Options {
  readonly perMessageDeflate: false;
  readonly generateMask: (mask: Buffer) => void;
}

export interface SimulatedWorkerOptions {
  readonly name: string;
  /** Where agents connect: `ws://host:port/api/v1/agent`. */
  readonly url: string;
  readonly slots: number;
  /** What the step of a build does. Takes no time: 0. */
  readonly stepOf: (order: RunOrder, step: number) => SimulatedStep;
  readonly onBegan?: (order: RunOrder) => void;
  /** The master has all of it, and said so. */
  readonly onDone?: (order: RunOrder) => void;
}

const frameBytesMost = 256 * 1024;

/** A worker in this process that speaks to a real master as an agent does; its builds are journals in memory. */
export class SimulatedWorker {
  readonly #options: SimulatedWorkerOptions;
  readonly #builds = new Map<string, SimulatedBuild>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #socket: WebSocket | undefined;
  #creditBytes = 0;
  #beat: NodeJS.Timeout | undefined;
  #number = 0;
  #closing = false;

  constructor(options: SimulatedWorkerOptions) {
    this.#options = options;
  }

  get running(): number {
    return this.#builds.size;
  }

  /** Resolves when the master has welcomed it. Connects again by itself after a break. */
  connect(): Promise<void> {
    return new Promise((resolve, reject) => {
      const options: Options = { perMessageDeflate: false, generateMask: () => undefined };
      const socket = new WebSocket(this.#options.url, options);
      this.#socket = socket;
      socket.once('open', () => this.#say(this.#hello()));
      socket.on('message', (data) => {
        const message = JSON.parse((data as Buffer).toString()) as FromMaster;
        if (message.type === 'refusal') {
          reject(new Error(`${this.#options.name}: ${message.message}`));
          return;
        }
        this.#on(message);
        if (message.type === 'welcome') resolve();
      });
      socket.once('error', reject);
      socket.once('close', () => {
        clearInterval(this.#beat);
        if (this.#socket !== socket || this.#closing) return;
        const again = setTimeout(() => {
          this.#timers.delete(again);
          void this.connect().catch(() => undefined);
        }, 200);
        this.#timers.add(again);
      });
    });
  }

  close(): void {
    this.#closing = true;
    clearInterval(this.#beat);
    for (const timer of this.#timers) clearTimeout(timer);
    this.#socket?.terminate();
  }

  #say(message: FromAgent): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #hello(): FromAgent {
    const { name, slots } = this.#options;
    return {
      type: 'hello',
      version: agentProtocolVersion,
      worker: name,
      spool: `spool-${name}`,
      slots,
      facts: {
        os: 'linux',
        architecture: 'x64',
        hostname: name,
        cpus: slots,
        memoryBytes: 8 * 1024 ** 3,
        version: '0.1.0',
      },
      journals: [...this.#builds.values()].map(({ order, ended }) => ({ ...holdingOf(order), ended })),
      room: { accepts: true },
    };
  }

  #on(message: FromMaster): void {
    switch (message.type) {
      case 'welcome':
        this.#creditBytes = message.creditBytes;
        for (const verdict of message.journals) {
          const build = this.#builds.get(keyOf(verdict));
          if (verdict.kind === 'resume') build?.place(verdict.position);
          else this.#builds.delete(keyOf(verdict));
        }
        for (const order of message.run) this.#run(order);
        clearInterval(this.#beat);
        this.#beat = setInterval(
          () => this.#say({ type: 'heartbeat', number: ++this.#number }),
          message.heartbeatMs,
        );
        this.#pumpAll();
        return;
      case 'run':
        this.#run(message);
        return;
      case 'acknowledged': {
        const build = this.#builds.get(keyOf(message));
        build?.acknowledge(message.position);
        if (build) this.#pump(build);
        return;
      }
      case 'wanted': {
        const build = this.#builds.get(keyOf(message));
        build?.place(message.position);
        if (build) this.#pump(build);
        return;
      }
      case 'done': {
        const build = this.#builds.get(keyOf(message));
        this.#builds.delete(keyOf(message));
        if (build) this.#options.onDone?.(build.order);
        return;
      }
      case 'fenced':
        this.#builds.delete(keyOf(message));
        return;
      case 'cancel': {
        const build = this.#builds.get(keyOf(message));
        if (build) build.cancelled = true;
        return;
      }
      case 'heard':
      case 'note':
      case 'refusal':
      case 'watch':
        return;
      default:
        unreachable(message);
    }
  }

  #run(order: RunOrder): void {
    if (this.#builds.has(keyOf(order))) return;
    const build = new SimulatedBuild(order, this.#options.name);
    this.#builds.set(keyOf(order), build);
    build.place(journalStart);
    this.#options.onBegan?.(order);
    this.#step(build, 0);
  }

  /** Runs the steps from here on, those that take no time at once. */
  #step(build: SimulatedBuild, from: number): void {
    const { steps } = build.order.plan;
    for (let index = from; index < steps.length && !build.cancelled; index++) {
      const { durationMs, logBytes } = this.#options.stepOf(build.order, index);
      build.startStep(index, steps[index]?.name ?? '');
      if (durationMs > 0) {
        this.#pump(build);
        const timer = setTimeout(() => {
          this.#timers.delete(timer);
          build.finishStep(index, logBytes);
          this.#step(build, index + 1);
        }, durationMs);
        this.#timers.add(timer);
        return;
      }
      build.finishStep(index, logBytes);
    }
    build.finish();
    this.#pump(build);
  }

  #pumpAll(): void {
    for (const build of this.#builds.values()) this.#pump(build);
  }

  #pump(build: SimulatedBuild): void {
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.OPEN) return;
    while (build.bytesUnderWay < this.#creditBytes) {
      const next = build.take(frameBytesMost);
      if (next === undefined) return;
      const head = Buffer.allocUnsafe(frameHeadBytes);
      writeFrameHead(head, { ...holdingOf(build.order), byte: next.byte });
      socket.send(Buffer.concat([head, ...next.records]));
    }
  }
}

function holdingOf({ build, fence }: Holding): Holding {
  return { build, fence };
}

function keyOf({ build, fence }: Holding): string {
  return `${build}/${fence}`;
}
