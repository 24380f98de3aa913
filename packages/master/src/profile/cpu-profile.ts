/*
 * A profile as V8 gives it, and as `.cpuprofile` files keep it. Times are microseconds of the process's monotonic
 * clock; `timeDeltas[i]` lies before `samples[i]`, the first one after `startTime`.
 */
export interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  /** From 0. */
  readonly lineNumber: number;
  readonly columnNumber: number;
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: CallFrame;
  readonly children?: readonly number[] | undefined;
}

export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  readonly startTime: number;
  readonly endTime: number;
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** From when to when, by the profile's own clock, in microseconds. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/**
 * How long each node was on top of the stack within a window, in milliseconds, and how many samples tell so. A
 * sample stands for the time until the next one.
 */
export function selfTimes(
  { startTime, endTime, samples, timeDeltas }: CpuProfile,
  { from, to }: Window = { from: startTime, to: endTime },
): { readonly msOf: ReadonlyMap<number, number>; readonly samples: number } {
  const msOf = new Map<number, number>();
  let at = startTime;
  let counted = 0;
  for (const [index, node] of samples.entries()) {
    at += timeDeltas[index] ?? 0;
    const next = index + 1 < samples.length ? at + (timeDeltas[index + 1] ?? 0) : endTime;
    const us = Math.min(next, to) - Math.max(at, from);
    if (us <= 0) continue;
    counted += 1;
    msOf.set(node, (msOf.get(node) ?? 0) + us / 1000);
  }
  return { msOf, samples: counted };
}

/** From each node to the one that called it. */
export function parentsOf({ nodes }: CpuProfile): ReadonlyMap<number, number> {
  return new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
}
