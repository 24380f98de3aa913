import type { FlameNode, FunctionTime, RoomTime, ThreadProfile } from '@millrace/protocol/api/profiles';
import { parentsOf, selfTimes } from './cpu-profile.ts';
import type { CpuProfile, Window } from './cpu-profile.ts';
import type { FoundFrame } from './frame-finder.ts';
import { blamedRoom, isOfTheHouse } from './rooms.ts';

const functionsMax = 100;
const flameNodesMax = 2_000;

type Frames = ReadonlyMap<number, FoundFrame>;

/** What a thread did, out of its samples. */
export function summarise(
  thread: ThreadProfile['thread'],
  profile: CpuProfile,
  frames: Frames,
): Omit<ThreadProfile, 'unsampledMs' | 'cpuProfile'> {
  const stacks = stacksIn(profile, frames);
  const msIn = (wanted: (room: string) => boolean): number =>
    sum(stacks.filter(({ room }) => wanted(room)).map(({ ms }) => ms));
  return {
    thread,
    busyMs: rounded(msIn((room) => room !== 'idle')),
    idleMs: rounded(msIn((room) => room === 'idle')),
    gcMs: rounded(msIn((room) => room === 'gc')),
    rooms: roomTimes(stacks),
    functions: functionTimes(stacks),
    flame: flameOf(profile, frames),
  };
}

/** Whose time it was in a window: rooms with their share of it, most first; and the function that took most. */
export function blame(profile: CpuProfile, frames: Frames, window: Window): Blamed {
  const stacks = stacksIn(profile, frames, window);
  const all = sum(stacks.map(({ ms }) => ms));
  const rooms = sumsBy(stacks, ({ room }) => room);
  const shares = rooms.map(([room, ms]) => ({ room, share: all === 0 ? 0 : share(ms / all) }));
  const busiest = shares.find(({ room }) => room !== 'idle')?.room;
  const inBusiest = stacks.filter(({ room }) => room === busiest);
  const [most] = sumsBy(inBusiest, ({ frames: stack, room }) =>
    told(stack.find((frame) => isOfTheHouse(frame.room) && frame.room === room) ?? stack[0]),
  );
  return {
    shares,
    room: busiest ?? 'unknown',
    function: most?.[0] ?? '',
    samples: selfTimes(profile, window).samples,
  };
}

export interface Blamed {
  readonly shares: readonly { readonly room: string; readonly share: number }[];
  /** What took most, other than being idle; `unknown` without samples. */
  readonly room: string;
  readonly function: string;
  readonly samples: number;
}

/** A stack that was sampled: who is to blame for it, and its functions from the top down. */
interface Stack {
  readonly ms: number;
  readonly room: string;
  readonly frames: readonly FoundFrame[];
}

function stacksIn(profile: CpuProfile, frames: Frames, window?: Window): readonly Stack[] {
  const parents = parentsOf(profile);
  return [...selfTimes(profile, window).msOf].map(([node, ms]) => {
    const stack: FoundFrame[] = [];
    for (let at: number | undefined = node; at !== undefined; at = parents.get(at)) {
      const frame = frames.get(at);
      if (frame && frame.room !== 'root') stack.push(frame);
    }
    return { ms, room: blamedRoom(stack.map(({ room }) => room)), frames: stack };
  });
}

function roomTimes(stacks: readonly Stack[]): RoomTime[] {
  const busy = stacks.filter(({ room }) => room !== 'idle');
  const self = new Map(sumsBy(busy, ({ room }) => room));
  const total = new Map<string, number>();
  for (const { ms, room, frames } of busy)
    for (const one of new Set([room, ...frames.map((frame) => frame.room)]))
      total.set(one, (total.get(one) ?? 0) + ms);
  return [...total]
    .map(([room, ms]) => ({ room, selfMs: rounded(self.get(room) ?? 0), totalMs: rounded(ms) }))
    .toSorted((one, other) => other.selfMs - one.selfMs || other.totalMs - one.totalMs);
}

function functionTimes(stacks: readonly Stack[]): FunctionTime[] {
  const times = new Map<string, { frame: FoundFrame; self: number; total: number }>();
  for (const { ms, room, frames } of stacks) {
    if (room === 'idle') continue;
    const seen = new Set<string>();
    for (const [depth, frame] of frames.entries()) {
      const key = `${told(frame)}:${frame.line}`;
      const time = times.get(key) ?? { frame, self: 0, total: 0 };
      times.set(key, time);
      if (depth === 0) time.self += ms;
      // A function that calls itself is counted once.
      if (!seen.has(key)) time.total += ms;
      seen.add(key);
    }
  }
  return [...times.values()]
    .toSorted((one, other) => other.self - one.self || other.total - one.total)
    .slice(0, functionsMax)
    .map(({ frame, self, total }) => ({ ...frame, selfMs: rounded(self), totalMs: rounded(total) }));
}

function flameOf(profile: CpuProfile, frames: Frames): FlameNode[] {
  const { msOf } = selfTimes(profile);
  const parents = parentsOf(profile);
  const total = new Map<number, number>();
  for (const [node, ms] of msOf) {
    if (frames.get(node)?.room === 'idle') continue;
    for (let at: number | undefined = node; at !== undefined; at = parents.get(at))
      total.set(at, (total.get(at) ?? 0) + ms);
  }
  // A caller takes as long as those it calls, or longer, so that whoever is kept has its caller kept.
  const kept = [...total].toSorted(([, one], [, other]) => other - one).slice(0, flameNodesMax);
  const depth = (node: number): number => {
    const above = parents.get(node);
    return above === undefined ? 0 : depth(above) + 1;
  };
  const ids = new Set(kept.map(([node]) => node));
  return kept
    .filter(([node]) => hasCallers(node, parents, ids))
    .map(([node, ms]) => ({ node, ms, depth: depth(node) }))
    .toSorted((one, other) => one.depth - other.depth || other.ms - one.ms)
    .map(({ node, ms }) => ({
      id: node,
      parent: parents.get(node) ?? null,
      name: told(frames.get(node)),
      room: frames.get(node)?.room ?? 'other',
      totalMs: rounded(ms),
    }));
}

/** Among equals a caller may have been left out while one that it calls was not. */
function hasCallers(node: number, parents: ReadonlyMap<number, number>, kept: ReadonlySet<number>): boolean {
  for (let at = parents.get(node); at !== undefined; at = parents.get(at)) if (!kept.has(at)) return false;
  return true;
}

function told(frame: FoundFrame | undefined): string {
  if (!frame) return '';
  return frame.file === '' ? frame.function : `${frame.function} ${frame.file}`;
}

function sumsBy(
  stacks: readonly Stack[],
  by: (stack: Stack) => string,
): readonly (readonly [string, number])[] {
  const sums = new Map<string, number>();
  for (const stack of stacks) sums.set(by(stack), (sums.get(by(stack)) ?? 0) + stack.ms);
  return [...sums].toSorted(([, one], [, other]) => other - one);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((before, one) => before + one, 0);
const rounded = (ms: number): number => Math.round(ms * 100) / 100;
const share = (value: number): number => Math.min(1, Math.round(value * 1000) / 1000);
