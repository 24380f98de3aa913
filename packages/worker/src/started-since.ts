/*
 * Which processes were started since a certain one. Linux gives out its numbers in turn and begins anew when it has
 * given out the highest, so that only those from that one's on have to be looked at.
 */

/** A process that lives: zombies are none. */
export interface LivingProcess {
  readonly pid: number;
  readonly group: number;
}

/** What the system tells of its numbers. */
export interface ProcessNumbers {
  /** The one that was given out last. */
  last(): number;
  /** The highest that is given out. */
  max(): number;
  /** The group of who has the number now; undefined where it is nobody, or only waiting to be reaped. */
  groupOf(pid: number): number | undefined;
}

/** More than any machine of ours starts. Measured: 1,400/s from C. */
const startsPerSecondMax = 5_000;
/** More numbers than this are not tried one by one: a list of the whole table is as quick. */
const triedMax = 300;

/** Whether a number that was given out so long ago may have been given out again since. */
export function mayHaveGoneRound(agoMs: number, numbers: ProcessNumbers): boolean {
  return (agoMs / 1000) * startsPerSecondMax > numbers.max();
}

/**
 * By each number from `first` to the last one given out; undefined where those are too many, or began anew below
 * `first`. In their order, and until none is left: whoever was gone when its number's turn came had started its
 * children before, with later numbers. Threads have numbers, too, and are found by them: one that lives tells of a
 * process that does.
 */
export function livingFrom(first: number, numbers: ProcessNumbers): readonly LivingProcess[] | undefined {
  const living = [];
  for (let pid = first; ;) {
    const last = numbers.last();
    if (last < Math.max(first, pid - 1) || last - first >= triedMax) return undefined;
    if (last < pid) return living;
    for (; pid <= last; pid++) {
      const group = numbers.groupOf(pid);
      if (group !== undefined) living.push({ pid, group });
    }
  }
}

/**
 * Whether a number of a list may be one that was given out since `first` was. The list is made before the first
 * call, so that nobody in it has a number beyond what is the last one then.
 */
export function startedFrom(first: number, numbers: ProcessNumbers): (pid: number) => boolean {
  let last: number | undefined;
  return (pid) => {
    last ??= numbers.last();
    return last >= first ? pid >= first && pid <= last : pid >= first || pid <= last;
  };
}
