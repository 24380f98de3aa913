import fs from 'node:fs';

/** Of the kernel; `getconf CLK_TCK` says so on every Linux. */
const ticksPerSecond = 100;

/** CPU seconds of a process and its threads, and of the children that it has waited for. See proc_pid_stat(5). */
export function cpuSeconds(pid: number): { readonly own: number; readonly children: number } {
  const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15);
  return { own: (user + system) / ticksPerSecond, children: (childUser + childSystem) / ticksPerSecond };
}

/** What it holds now and what it held at most, in MiB. */
export function memoryMiB(pid: number): { readonly now: number; readonly peak: number } {
  const status = fs.readFileSync(`/proc/${pid}/status`, 'latin1');
  const of = (field: string): number =>
    Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 1024;
  return { now: of('VmRSS'), peak: of('VmHWM') };
}
