import fs from 'node:fs';
import os from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';

/** What the figures of a table depend on. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly system: string;
  readonly node: string;
  readonly fsyncMs: number;
}

export function machine(folder: string): Machine {
  return {
    cpu: os.cpus()[0]?.model ?? 'unknown',
    cores: os.availableParallelism(),
    memoryBytes: os.totalmem(),
    system: `${os.type()} ${os.release()}`,
    node: process.version,
    fsyncMs: fsyncMs(folder),
  };
}

/** How long one write and fdatasync of 4 KiB takes on the folder's disk: the median of 50. */
function fsyncMs(folder: string): number {
  const file = `${folder}/fsync`;
  const handle = fs.openSync(file, 'w');
  const block = Buffer.alloc(4096, 1);
  const times: number[] = [];
  for (let turn = 0; turn < 50; turn++) {
    const start = performance.now();
    fs.writeSync(handle, block);
    fs.fdatasyncSync(handle);
    times.push(performance.now() - start);
  }
  fs.closeSync(handle);
  fs.rmSync(file);
  return times.toSorted((left, right) => left - right)[25] ?? Number.NaN;
}

const listenMs = 1_500;
/** Of one core, by others, while nothing of ours runs. */
const quietShareMax = 0.1;

/** How much of one core others use while nothing is measured. 0 where the system does not tell. */
export async function busyShare(): Promise<number> {
  const before = cpuTimes();
  const start = performance.now();
  await pause(listenMs);
  const busyMs = cpuTimes() - before;
  return busyMs / (performance.now() - start);
}

/** Why the figures of this machine are noisy now; undefined where it is quiet. */
export async function noise(): Promise<string | undefined> {
  const share = await busyShare();
  if (share <= quietShareMax) return undefined;
  return `this machine is busy: others use ${Math.round(share * 100)}% of a core, so the figures are noisy`;
}

/** Milliseconds that all cores were busy since the start of the system. */
function cpuTimes(): number {
  return os.cpus().reduce((sum, { times }) => sum + times.user + times.sys + times.nice + times.irq, 0);
}
