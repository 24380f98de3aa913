import type { RunOrder } from '@millrace/protocol/agent/messages';
import type { MasterProcess } from '../harness/master-process.ts';
import { workerName } from './fleet-config.ts';
import type { SimulatedStep } from './simulated-build.ts';
import { SimulatedWorker } from './simulated-worker.ts';

export interface FleetOptions {
  readonly workers: number;
  readonly slots: number;
  /** Absent: steps take no time and print nothing. */
  readonly stepOf?: (order: RunOrder, step: number) => SimulatedStep;
  readonly onBegan?: (order: RunOrder) => void;
  readonly onDone?: (order: RunOrder) => void;
}

/** Simulated workers of one master, in this process. */
export class Fleet implements Disposable {
  readonly #workers: readonly SimulatedWorker[];

  constructor(master: MasterProcess, options: FleetOptions) {
    const { workers, stepOf = () => ({ durationMs: 0, logBytes: 0 }), ...others } = options;
    this.#workers = Array.from(
      { length: workers },
      (_, index) => new SimulatedWorker({ ...others, stepOf, name: workerName(index), url: master.agentUrl }),
    );
  }

  /** All of them at once. Resolves when the master has welcomed the last. */
  async connect(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.connect()));
  }

  /** Builds that they have and that the master has not said to be done. */
  get running(): number {
    return this.#workers.reduce((sum, worker) => sum + worker.running, 0);
  }

  [Symbol.dispose](): void {
    for (const worker of this.#workers) worker.close();
  }
}
