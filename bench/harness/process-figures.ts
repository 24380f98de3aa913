import fs from 'node:fs';

/** Of the kernel; `getconf CLK_TCK` says so on every Linux. */
const ticksPerSecond = 100;

/**
 * CPU seconds of a process and its threads, to the nanosecond (schedstat, proc(5)), and of the children that it has
 * waited for, to 10 ms.
 */
export function cpuSeconds(pid: number): { readonly own: number; readonly children: number } {
  const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15);
  const ticks = (user + system) / ticksPerSecond;
  return { own: threadSeconds(pid) ?? ticks, children: (childUser + childSystem) / ticksPerSecond };
}

/** Of the threads that live; undefined where the kernel does not count so. */
function threadSeconds(pid: number): number | undefined {
  try {
    return fs
      .readdirSync(`/proc/${pid}/task`)
      .map((thread) =>
        Number(fs.readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ')[0]),
      )
      .reduce((sum, nanoseconds) => sum + nanoseconds / 1e9, 0);
  } catch {
    return undefined;
  }
}

/** CPU seconds of those of its threads that the kernel knows by such a name; 0 where it does not count so. */
export function threadsNamed(pid: number, names: readonly string[]): number {
  return fs
    .readdirSync(`/proc/${pid}/task`)
    .map((thread) => `/proc/${pid}/task/${thread}`)
    .filter((thread) => names.includes(fs.readFileSync(`${thread}/comm`, 'latin1').trim()))
    .map((thread) => Number(fs.readFileSync(`${thread}/schedstat`, 'latin1').split(' ')[0]))
    .reduce((sum, nanoseconds) => sum + nanoseconds / 1e9, 0);
}

/** What it holds now and what it held at most, in MiB. */
export function memoryMiB(pid: number): { readonly now: number; readonly peak: number } {
  const status = fs.readFileSync(`/proc/${pid}/status`, 'latin1');
  const of = (field: string): number =>
    Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 1024;
  return { now: of('VmRSS'), peak: of('VmHWM') };
}

/** The ids of the processes that it has started and that live. */
export function childrenOf(pid: number): readonly number[] {
  return fs
    .readdirSync(`/proc/${pid}/task`)
    .flatMap((thread) => fs.readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1').trim().split(' '))
    .filter((text) => text !== '')
    .map(Number);
}
