import { Agent } from '@millrace/worker/agent/agent';
import { assert } from '@millrace/kernel/assert';
import type { Connect } from '@millrace/protocol/agent/connection';
import { below } from '@millrace/kernel/random';
import type { WorkerFacts } from '@millrace/protocol/agent/messages';
import { buildMarker } from '@millrace/worker/slot/marker';
import { MemoryDisk } from '../memory-disk.ts';
import type { DiskCopy } from '../memory-disk.ts';
import { MemoryLocks } from '../memory-locks.ts';
import { ScriptedPlatform } from '../scripted-platform.ts';
import type { SeededRandom } from '../seeded-random.ts';
import { Mortal } from './mortal.ts';
import { startSlot } from './slot-process.ts';
import type { SlotSurroundings, Surroundings } from './surroundings.ts';

const facts: WorkerFacts = {
  os: 'simulated',
  architecture: 'none',
  hostname: 'nowhere',
  cpus: 1,
  memoryBytes: 1,
  version: '0',
};

/** With less than this the worker takes no builds. */
const freeBytesMin = 1_000_000;
const freeBytesUsual = 1e12;
/** What an agent that stops in order may take for it. */
const stopMs = 100;

/** How long the supervisor takes to notice a death and start anew. */
const restartMs = 150;

/**
 * A worker: one machine with a disk and commands, and on it an agent and slots, each a process that can be
 * killed by itself. The machine stands in for the supervisor: what is dead is started again after a while.
 */
export class WorkerMachine implements SlotSurroundings {
  readonly name: string;
  readonly disk = new MemoryDisk();
  readonly locks = new MemoryLocks();
  readonly spoolId: string;
  readonly platform: ScriptedPlatform;
  /** How often the command of each step was started: `build/step`. */
  readonly starts = new Map<string, number>();
  /** When a slot died. */
  readonly slotDeaths: number[] = [];
  /** When somebody spoiled a journal of it, or put its disk back from a copy. */
  readonly damages: number[] = [];
  /** Its disk was put back: it does not know what it had begun since the copy was made. */
  restored = false;
  /** While it is cut off, its agent reaches no master. */
  cutOffUntilMs = 0;
  /** Until then its lines lose messages, among them heartbeats. */
  #doubtUntilMs = 0;
  #freeBytes = freeBytesUsual;
  readonly #world: Surroundings;
  readonly #random: SeededRandom;
  readonly #slots: (Mortal | undefined)[];
  #agent: Mortal | undefined;
  #stopAgent: () => void = () => undefined;
  #agentEnded = false;
  #on = false;
  #lives = 0;
  #tries = 0;

  constructor(world: Surroundings, name: string, slots: number) {
    this.name = name;
    this.spoolId = `spool-of-${name}`;
    this.#world = world;
    this.#random = world.random.fork();
    this.#slots = Array.from({ length: slots }, () => undefined);
    this.platform = new ScriptedPlatform(world.clock, (start) => {
      const [, step = '0'] = start.args.slice(-2);
      const build = Number(start.env.MILLRACE_BUILD);
      const key = `${build}/${step}`;
      this.starts.set(key, (this.starts.get(key) ?? 0) + 1);
      world.trace.say(name, `command of step ${step} of build ${build} starts`);
      return world.actsOf(build, Number(step), Number(start.env['MILLRACE_TRY'] ?? 1));
    });
  }

  powerOn(): void {
    if (this.#on) return;
    this.#on = true;
    this.#world.trace.say(this.name, 'power on');
    for (const [slot] of this.#slots.entries()) this.#startSlot(slot);
    this.#startAgent();
  }

  /** The machine stops at once; what had not reached its disk may be gone. */
  powerOff(awayMs: number): void {
    if (!this.#on) return;
    this.#world.trace.say(this.name, `power off, for ${awayMs} ms`);
    this.#on = false;
    this.#agent?.kill();
    for (const slot of this.#slots) slot?.kill();
    this.#noteSlotDeath();
    this.platform.stopMachine();
    this.disk.losePower(this.#random);
    this.#world.clock.after(awayMs, () => this.powerOn());
  }

  /** Whether its agent could speak to a master, as far as this machine and its line go. */
  get reachable(): boolean {
    const now = this.#world.clock.monotonicMs();
    const clear = now >= this.cutOffUntilMs && now >= this.#doubtUntilMs;
    return this.#on && this.#agent?.alive === true && clear;
  }

  /** The world ends. */
  end(): void {
    this.#on = false;
    this.#agent?.kill();
    for (const slot of this.#slots) slot?.kill();
  }

  killAgent(awayMs: number): void {
    if (!this.#agent?.alive) return;
    this.#world.trace.say(this.name, 'the agent is killed');
    this.#agent.kill();
    this.#world.clock.after(awayMs, () => this.#startAgent());
  }

  /** As a service manager stops it: it is told, and ends by itself. Its slots go on. */
  stopAgent(awayMs: number): void {
    const agent = this.#agent;
    if (!agent?.alive) return;
    this.#world.trace.say(this.name, 'the agent is told to stop');
    this.#stopAgent();
    this.#world.clock.after(stopMs, () => {
      if (!agent.alive) return;
      if (!this.#agentEnded) this.#world.trouble(agent.name, 'the agent does not stop', undefined);
      agent.kill();
      this.#world.clock.after(awayMs, () => this.#startAgent());
    });
  }

  killSlot(slot: number, awayMs: number): void {
    const index = slot % this.#slots.length;
    const process = this.#slots[index];
    if (!process?.alive) return;
    this.#world.trace.say(this.name, `slot ${index} is killed`);
    this.#noteSlotDeath();
    process.kill();
    this.#world.clock.after(awayMs, () => this.#startSlot(index));
  }

  /** Its lines swallow everything, and new ones cannot be opened. */
  cutOff(forMs: number): void {
    const { clock, network, trace } = this.#world;
    trace.say(this.name, `cut off, for ${forMs} ms`);
    this.cutOffUntilMs = Math.max(this.cutOffUntilMs, clock.monotonicMs() + forMs);
    network.swallow(this.#toMasters);
  }

  resetLines(): void {
    this.#world.trace.say(this.name, 'its lines are reset');
    this.#world.network.reset(this.#toMasters);
  }

  /** Its lines lose messages, and deliver some twice or late; at the end they break. */
  doubtLines(forMs: number): void {
    const { clock, network, trace } = this.#world;
    trace.say(this.name, `its lines are doubtful, for ${forMs} ms`);
    this.#doubtUntilMs = Math.max(this.#doubtUntilMs, clock.monotonicMs() + forMs);
    network.doubt(this.#toMasters);
    clock.after(forMs, () => this.resetLines());
  }

  /** Others fill the disk up: the worker takes no new builds. */
  lowRoom(forMs: number): void {
    this.#world.trace.say(this.name, `its disk is low, for ${forMs} ms`);
    this.#freeBytes = freeBytesMin - 1;
    this.#world.clock.after(forMs, () => {
      this.#freeBytes = freeBytesUsual;
    });
  }

  /** The machine goes down, and comes back with the journals of an earlier moment. */
  restoreDisk(copy: DiskCopy, awayMs: number): void {
    if (!this.#on) return;
    this.powerOff(awayMs);
    this.#world.trace.say(this.name, 'its journals are put back from a copy');
    this.disk.putBack(copy);
    this.restored = true;
    this.noteDamage();
  }

  noteDamage(): void {
    this.damages.push(this.#world.clock.now());
  }

  fillDisk(forMs: number): void {
    this.#world.trace.say(this.name, `its disk is full, for ${forMs} ms`);
    this.disk.bytesMax = this.disk.bytesUsed + below(this.#random, 2_000);
    this.#world.clock.after(forMs, () => {
      this.disk.bytesMax = Infinity;
    });
  }

  /** The slot that is about to make the append so many appends from now dies within it. */
  crashAtAppend(appends: number, bytes: number): void {
    let left = appends;
    this.disk.appendFault = (path) => {
      if (!path.includes('journal')) return undefined;
      left -= 1;
      if (left > 0) return undefined;
      this.disk.appendFault = undefined;
      this.#dieWriting();
      return bytes;
    };
  }

  /** Whoever writes right now is dead: a slot, or the agent that ends a lost journal. */
  #dieWriting(): void {
    this.#world.trace.say(this.name, 'a process dies in the middle of an append');
    this.#noteSlotDeath();
    const writing = this.writing;
    if (writing === undefined || writing === this.#agent) {
      this.killAgent(restartMs);
      return;
    }
    writing.kill();
    const index = this.#slots.indexOf(writing);
    this.#world.clock.after(restartMs, () => this.#startSlot(index));
  }

  /** The process in whose name the disk is written at this moment. */
  writing: Mortal | undefined;

  /** Its lines to masters: those to its own slots are inside of the machine. */
  readonly #toMasters = (client: string, address: string): boolean =>
    client.startsWith(`${this.name}/agent`) && this.#world.masterNames.includes(address);

  #noteSlotDeath(): void {
    this.slotDeaths.push(this.#world.clock.now());
  }

  #startSlot(slot: number): void {
    if (!this.#on || this.#slots[slot]?.alive) return;
    const mortal = new Mortal(`${this.name}/slot-${slot}.${++this.#lives}`);
    this.#slots[slot] = mortal;
    startSlot(this.#world, this, slot, mortal);
  }

  #startAgent(): void {
    if (!this.#on || this.#agent?.alive) return;
    const world = this.#world;
    const mortal = new Mortal(`${this.name}/agent.${++this.#lives}`);
    this.#agent = mortal;
    const stop = new AbortController();
    mortal.onDeath(() => stop.abort());
    this.#stopAgent = () => stop.abort();
    this.#agentEnded = false;
    const lent = this.lendDisk(mortal);
    const agent = new Agent(
      {
        worker: this.name,
        spoolId: this.spoolId,
        spool: '/spool',
        slots: this.#slots.length,
        facts,
        freeBytesMin,
      },
      {
        clock: mortal.clock(world.clock),
        random: this.#random.fork(),
        disk: lent,
        connectMaster: this.#connectMaster(mortal),
        connectSlot: (slot) => world.network.connector(mortal, `${this.name}/slot-${slot}`),
        freeBytes: async () => this.#freeBytes,
        endProcesses: (holding) => {
          this.platform.signalMarked(buildMarker(this.spoolId, holding), 'SIGKILL');
        },
        log: (text) => world.trace.say(mortal.name, text),
      },
    );
    agent.run(stop.signal).then(
      () => {
        if (this.#agent === mortal) this.#agentEnded = true;
      },
      (error: unknown) => {
        if (mortal.alive) world.trouble(mortal.name, 'the agent ended', error);
      },
    );
  }

  /** The disk as one process has it. */
  lendDisk(mortal: Mortal): ReturnType<MemoryDisk['lend']>['disk'] {
    const { disk, revoke } = this.disk.lend(() => {
      this.writing = mortal;
    });
    mortal.onDeath(revoke);
    return disk;
  }

  /** The masters in turn; none while the machine is cut off. */
  #connectMaster(mortal: Mortal): Connect {
    const { network, clock, masterNames } = this.#world;
    return (events, signal) => {
      const master = masterNames[this.#tries++ % masterNames.length];
      assert(master, 'there is a master');
      const connect = network.connector(mortal, master);
      if (clock.monotonicMs() >= this.cutOffUntilMs) return connect(events, signal);
      // Packets vanish: nobody answers until the one who waits gives up.
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('nobody answered')), { once: true });
      });
    };
  }
}
