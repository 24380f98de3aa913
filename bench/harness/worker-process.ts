import path from 'node:path';
import type { Worker } from '@millrace/protocol/api/workers';
import { kill9, processesWith } from '../../e2e/harness/processes.ts';
import { until } from '../../e2e/harness/until.ts';
import { MillraceChild } from './child.ts';
import type { MasterProcess } from './master-process.ts';

export interface WorkerStart {
  readonly folder: string;
  readonly master: MasterProcess;
  readonly name: string;
  readonly slots: number;
  readonly traceFile?: string;
}

/** A real worker: a supervisor, an agent and slots, each a process. */
export class WorkerProcess implements AsyncDisposable {
  readonly #child: MillraceChild;
  readonly #data: string;

  private constructor(child: MillraceChild, data: string) {
    this.#child = child;
    this.#data = data;
  }

  /** Connected, and with all its slots, when it resolves. */
  static async start(start: WorkerStart): Promise<WorkerProcess> {
    const { folder, master, name, slots, traceFile } = start;
    const data = path.join(folder, `worker-${name}`);
    const args = ['worker', '--master', master.url, '--name', name, '--data', data, '--slots', String(slots)];
    const child = new MillraceChild({
      folder,
      name: `worker-${name}`,
      args,
      ...(traceFile !== undefined && { traceFile }),
    });
    const worker = new WorkerProcess(child, data);
    await until(`the worker ${name} is connected`, async () => {
      child.mustLive();
      const { items } = await master.get<{ items: Worker[] }>('/workers');
      return items.some((one) => one.name === name && one.connected);
    });
    return worker;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child.stop();
    for (const { pid } of processesWith(this.#data)) kill9(pid);
  }
}
