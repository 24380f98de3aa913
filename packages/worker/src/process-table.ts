import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { livingFrom, mayHaveGoneRound, startedFrom } from './started-since.ts';
import type { LivingProcess, ProcessNumbers } from './started-since.ts';

/*
 * Which processes live, in which group, and to which trees they belong. On Linux by /proc; elsewhere by `ps`, which
 * is untested.
 */

/** Names the trees that a process belongs to, outermost first: millrace may build millrace. */
export const markerVariable = 'MILLRACE_TREE';

/** A process that lives: zombies are none. */
export interface ProcessEntry extends LivingProcess {
  readonly markers: readonly string[];
}

/**
 * All that live. `mayBe` leaves out processes without a look at them; `onGone` is told of each that was in the list
 * and is not alive when it is looked at.
 */
export function processTable(mayBe?: (pid: number) => boolean, onGone?: () => void): readonly ProcessEntry[] {
  return process.platform === 'linux' ? procTable(mayBe, onGone) : psTable();
}

/**
 * Those that were started with `first` or later, and perhaps some that were there before. Linux gives out its numbers
 * in turn, so that only those from `first` up to the last one given out have to be looked at. A step that was short
 * has a few dozen of them: to try each takes a tenth of what a list of the machine's processes does, which grows with
 * all that runs there. `onGone` is told of each that ended while it was looked at.
 */
export function processesSince(
  first: number,
  startedAtMs: number,
  onGone: () => void,
): readonly ProcessEntry[] {
  if (process.platform !== 'linux' || mayHaveGoneRound(performance.now() - startedAtMs, linuxNumbers))
    return processTable(undefined, onGone);
  const living = livingFrom(first, linuxNumbers);
  if (living === undefined) return processTable(startedFrom(first, linuxNumbers), onGone);
  const entries: ProcessEntry[] = [];
  for (const { pid, group } of living) {
    const environment = readEnvironment(pid);
    if (environment === '' && isEnding(pid)) onGone();
    entries.push({ pid, group, markers: markersIn(environment) });
  }
  return entries;
}

const linuxNumbers: ProcessNumbers = {
  // See proc_loadavg(5).
  last: () => Number(readProc('loadavg').trim().split(' ').at(-1)),
  max: () => Number(readProc('sys/kernel/pid_max')),
  groupOf(pid) {
    // Most numbers are free again: to be told so costs less than an error. And this process is nobody's.
    return fs.existsSync(`/proc/${pid}`) && pid !== process.pid ? readStat(pid)?.group : undefined;
  },
};

function procTable(
  mayBe: (pid: number) => boolean = () => true,
  onGone: () => void = () => undefined,
): readonly ProcessEntry[] {
  const entries: ProcessEntry[] = [];
  for (const name of fs.readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid || !mayBe(pid)) continue;
    const group = readStat(pid)?.group;
    const environment = readEnvironment(pid);
    if (group === undefined || (environment === '' && isEnding(pid))) onGone();
    if (group !== undefined) entries.push({ pid, group, markers: markersIn(environment) });
  }
  return entries;
}

/**
 * Empty for a process that has none, has gone, or is another user's. A process that is just executing another
 * program has a new memory, and none in it until the kernel has put it there: that is waited for.
 */
function readEnvironment(pid: number): string {
  const environment = readProc(`${pid}/environ`);
  if (environment !== '') return environment;
  for (let waits = 0; waits < executingWaitsMax && isExecuting(pid); waits++)
    Atomics.wait(pause, 0, 0, executingPauseMs);
  // It may have got there after the first read.
  return readProc(`${pid}/environ`);
}

/** 200 ms: the kernel may have to wait for a disk that the program is read from. */
const executingWaitsMax = 200;
const executingPauseMs = 1;
const pause = new Int32Array(new SharedArrayBuffer(4));

/** Of the kernel's include/linux/sched.h: on its way out, without memory already, and not yet a zombie. */
const exitingFlag = 0x4;
/** The kernel's own threads never have an environment. */
const kernelThreadFlag = 0x0020_0000;

/** See proc_pid_stat(5): the kernel tells 0 for `env_end` until there is one, and to whoever may not know. */
function isExecuting(pid: number): boolean {
  const fields = statFields(pid);
  if (fields === undefined || (flagsOf(fields) & (kernelThreadFlag | exitingFlag)) !== 0) return false;
  return fields[48] === '0' && canRead(`/proc/${pid}/environ`);
}

/** Gone, or as good as: what it knew cannot be read any more. */
function isEnding(pid: number): boolean {
  const fields = statFields(pid);
  return fields === undefined || (flagsOf(fields) & exitingFlag) !== 0;
}

function flagsOf(fields: readonly string[]): number {
  return Number(fields[6]);
}

function canRead(file: string): boolean {
  try {
    fs.closeSync(fs.openSync(file, 'r'));
    return true;
  } catch {
    return false;
  }
}

/** A zombie is not. */
export function isAlive(pid: number): boolean {
  if (process.platform === 'linux') return readStat(pid) !== undefined;
  return processTable().some((entry) => entry.pid === pid);
}

/** Undefined for a process that has gone, or is only waiting to be reaped. See proc_pid_stat(5). */
function readStat(pid: number): { readonly group: number } | undefined {
  const fields = statFields(pid);
  return fields === undefined ? undefined : { group: Number(fields[2]) };
}

/** From the state, field 3 of proc_pid_stat(5), on. */
function statFields(pid: number): readonly string[] | undefined {
  const stat = readProc(`${pid}/stat`);
  // The name in parentheses may hold anything, spaces and parentheses too.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return stat === '' || fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields;
}

/** What is read at once of a file of `/proc`: more than most of them hold. */
const chunk = Buffer.allocUnsafeSlow(16 * 1024);

/**
 * Empty for a process that has gone or is another user's. These files have no size that could be asked for, and end
 * where a read is short: two calls fewer than `readFileSync` makes.
 */
function readProc(file: string): string {
  let handle: number | undefined;
  try {
    handle = fs.openSync(`/proc/${file}`, 'r');
    for (let text = ''; ;) {
      const read = fs.readSync(handle, chunk);
      text += chunk.toString('latin1', 0, read);
      if (read < chunk.length) return text;
    }
  } catch {
    return '';
  } finally {
    if (handle !== undefined) fs.closeSync(handle);
  }
}

function psTable(): readonly ProcessEntry[] {
  // -E: the environment stands behind the command.
  const ps = spawnSync('ps', ['-axEww', '-o', 'pid=,pgid=,state=,command='], {
    encoding: 'latin1',
    maxBuffer: 256 * 1024 ** 2,
  });
  const entries: ProcessEntry[] = [];
  for (const line of ps.stdout.split('\n')) {
    const match = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line);
    if (match === null || match[3]?.startsWith('Z') === true) continue;
    const words = (match[4] ?? '').split(' ');
    const at = words.findIndex((word) => word.startsWith(`${markerVariable}=`));
    // Where the variable ends cannot be seen, so every later word may be a marker.
    const markers = at === -1 ? [] : markersIn(words.slice(at).join(' '));
    entries.push({ pid: Number(match[1]), group: Number(match[2]), markers });
  }
  return entries.filter((entry) => entry.pid !== process.pid);
}

/** `environment`: as the kernel tells it, each variable with a NUL behind it. */
function markersIn(environment: string): readonly string[] {
  const prefix = `${markerVariable}=`;
  const at = environment.startsWith(prefix) ? 0 : environment.indexOf(`\0${prefix}`) + 1;
  if (at === 0 && !environment.startsWith(prefix)) return [];
  const end = environment.indexOf('\0', at);
  return environment.slice(at + prefix.length, end === -1 ? undefined : end).split(' ');
}
