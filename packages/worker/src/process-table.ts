import { spawnSync } from 'node:child_process';
import fs from 'node:fs';

/*
 * Which processes live, in which group, and to which trees they belong. On Linux by /proc; elsewhere by `ps`, which
 * is untested.
 */

/** Names the trees that a process belongs to, outermost first: millrace may build millrace. */
export const markerVariable = 'MILLRACE_TREE';

/** A process that lives: zombies are none. */
export interface ProcessEntry {
  readonly pid: number;
  readonly group: number;
  readonly markers: readonly string[];
}

/**
 * `mayBe` leaves out processes without a look at them; `onGone` is told of each that was in the list and is not
 * alive when it is looked at.
 */
export function processTable(mayBe?: (pid: number) => boolean, onGone?: () => void): readonly ProcessEntry[] {
  return process.platform === 'linux' ? procTable(mayBe, onGone) : psTable();
}

/** More than any machine of ours starts. Measured: 1,400/s from C. */
const startsPerSecondMax = 5_000;

/**
 * Tells processes that may have been started since `first` was, by their numbers, which Linux gives out in turn:
 * a look at one process costs 0.05 ms, and most of a machine's have been there all along. Undefined where the
 * numbers may have gone round as far as `first` since, and all must be looked at.
 */
export function startedSince(first: number, startedAtMs: number): ((pid: number) => boolean) | undefined {
  const seconds = (performance.now() - startedAtMs) / 1000;
  if (process.platform !== 'linux' || seconds * startsPerSecondMax > pidMax()) return undefined;
  let last: number | undefined;
  return (pid) => {
    if (pid >= first) return true;
    // The last that was given out, asked for when the list is there. Below `first`: they have gone round.
    last ??= Number(readProc('loadavg').trim().split(' ').at(-1));
    return last < first && pid <= last;
  };
}

function pidMax(): number {
  return Number(readProc('sys/kernel/pid_max'));
}

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
    if (group !== undefined) entries.push({ pid, group, markers: markersIn(environment.split('\0')) });
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

/** Empty for a process that has gone or is another user's. */
function readProc(file: string): string {
  try {
    return fs.readFileSync(`/proc/${file}`, 'latin1');
  } catch {
    return '';
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
    const markers = at === -1 ? [] : markersIn([words.slice(at).join(' ')]);
    entries.push({ pid: Number(match[1]), group: Number(match[2]), markers });
  }
  return entries.filter((entry) => entry.pid !== process.pid);
}

function markersIn(environment: readonly string[]): readonly string[] {
  const prefix = `${markerVariable}=`;
  const variable = environment.find((entry) => entry.startsWith(prefix));
  return variable === undefined ? [] : variable.slice(prefix.length).split(' ');
}
