import { setTimeout as pause } from 'node:timers/promises';
import { enqueue } from '../harness/lanes.ts';
import { MasterProcess } from '../harness/master-process.ts';
import { cpuSeconds, threadsNamed } from '../harness/process-figures.ts';
import { builderName, fleetConfig } from './fleet-config.ts';
import { Fleet } from './fleet.ts';

const workers = 8;
const slots = 4;
const builders = Array.from({ length: 4 }, (_, index) => builderName(index));
const stepsPerBuild = 2;
/** What a slice does not wait for by itself: a commit. Short, because what costs by time would count for more in it. */
const settleMs = 50;

export interface Slice {
  readonly seconds: number;
  /** Seconds of the master's CPU. */
  readonly cpu: number;
  /** Of those, of the watcher's own threads. */
  readonly watching: number;
}

/** Its own, and the one in which V8 puts samples together. */
const watcherThreads = ['watcher', 'v8:ProfEvntProc'];

/** A master and its simulated workers, given one slice of work after the other. */
export class SlicedMaster implements AsyncDisposable {
  readonly #master: MasterProcess;
  readonly #fleet: Fleet;
  #left = 0;
  #finished: (() => void) | undefined;

  private constructor(master: MasterProcess) {
    this.#master = master;
    this.#fleet = new Fleet(master, {
      workers,
      slots,
      onDone: () => {
        this.#left--;
        if (this.#left === 0) this.#finished?.();
      },
    });
  }

  static async start(folder: string, args: readonly string[]): Promise<SlicedMaster> {
    const config = fleetConfig({ workers, builders: builders.length, stepsPerBuild });
    const side = new SlicedMaster(await MasterProcess.start({ folder, config, args }));
    await side.#fleet.connect();
    return side;
  }

  get pid(): number {
    return this.#master.pid;
  }

  /** So many builds, from the call that asks for the first until the last is acknowledged. */
  async slice(builds: number): Promise<Slice> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#left = builds;
    this.#finished = resolve;
    const cpu = cpuSeconds(this.pid).own;
    const watching = threadsNamed(this.pid, watcherThreads);
    const start = performance.now();
    await enqueue(this.#master, builds, builders);
    await promise;
    const seconds = (performance.now() - start) / 1000;
    await pause(settleMs);
    return {
      seconds,
      cpu: cpuSeconds(this.pid).own - cpu,
      watching: threadsNamed(this.pid, watcherThreads) - watching,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#fleet[Symbol.dispose]();
    await this.#master[Symbol.asyncDispose]();
  }
}
