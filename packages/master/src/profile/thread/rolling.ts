import type { Stall } from '@millrace/protocol/api/profiles';
import type { CpuProfile } from '../cpu-profile.ts';
import type { FoundFrame, FrameFinder } from '../frame-finder.ts';
import { beginWatch, look } from '../stall-watch.ts';
import { blame } from '../summary.ts';
import type { Times } from './messages.ts';

/**
 * Always on, so it is coarse: a dozen samples tell what a stall of the shortest kind was, and fifty a second cost next
 * to nothing.
 */
export const rollingSampleUs = 20_000;
/** Stalls that follow each other closely are told together. */
const turnMsMin = 1_000;
const turnMs = 20_000;
/** What is told of the time before a stall. */
const beforeUs = 1_000_000;
const pendingMax = 100;

export interface RollingParts {
  readonly finder: FrameFinder;
  /** Takes what was sampled since the last time, and goes on. */
  readonly turn: () => Promise<CpuProfile>;
  readonly nowUs: () => number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly beatUs: () => number;
  readonly onStall: (stall: Stall) => void;
  readonly onTimes: (times: Times) => void;
}

interface Ended {
  readonly fromUs: number;
  readonly toUs: number;
}

/** Looks whether the loop comes round, and says what it did instead when it comes back. */
export class Rolling {
  readonly #parts: RollingParts;
  #watch;
  #pending: Ended[] = [];
  #turnedUs: number;
  #turning = false;
  blockedUs = 0;

  constructor(parts: RollingParts) {
    this.#parts = parts;
    this.#turnedUs = parts.nowUs();
    this.#watch = beginWatch(parts.nowUs());
  }

  /** To be called often. @throws what taking a profile threw */
  async look(): Promise<void> {
    const nowUs = this.#parts.nowUs();
    const looked = look(this.#watch, nowUs, this.#parts.beatUs());
    this.#watch = looked.watch;
    this.blockedUs = looked.blockedUs;
    if (looked.ended && this.#pending.length < pendingMax) this.#pending.push(looked.ended);
    const sinceMs = (nowUs - this.#turnedUs) / 1000;
    const isDue = this.blockedUs === 0 && sinceMs >= (this.#pending.length > 0 ? turnMsMin : turnMs);
    if (isDue && !this.#turning) await this.#turn();
  }

  async #turn(): Promise<void> {
    this.#turning = true;
    try {
      const stalls = this.#pending.splice(0);
      const profile = await this.#parts.turn();
      this.#turnedUs = this.#parts.nowUs();
      this.#tell(profile, stalls);
    } finally {
      this.#turning = false;
    }
  }

  #tell(profile: CpuProfile, stalls: readonly Ended[]): void {
    const { finder, onTimes, onStall } = this.#parts;
    const frames = finder.find(profile);
    const { startTime: from, endTime: to } = profile;
    const { shares } = blame(profile, frames, { from, to });
    const ms = (to - from) / 1000;
    const busy = shares.filter(({ room }) => room !== 'idle');
    const rooms = Object.fromEntries(busy.map(({ room, share }) => [room, Math.round(share * ms)]));
    onTimes({ ms: Math.round(ms), rooms });
    const neverIdle = withoutIdle(frames);
    for (const { fromUs, toUs } of stalls) {
      const during = blame(profile, neverIdle, { from: fromUs, to: toUs });
      const before = blame(profile, frames, { from: fromUs - beforeUs, to: fromUs });
      onStall({
        at: Math.round(this.#parts.now() - (this.#parts.nowUs() - fromUs) / 1000),
        ms: Math.round((toUs - fromUs) / 1000),
        room: during.room,
        function: during.function,
        during: during.shares.slice(0, 5),
        before: before.shares.slice(0, 5),
        samples: during.samples,
      });
    }
  }
}

/** A loop that stands still is not idle: what has no JavaScript on the stack is native code, waited for. */
function withoutIdle(frames: ReadonlyMap<number, FoundFrame>): ReadonlyMap<number, FoundFrame> {
  const native = { function: '(native code)', file: '', line: 0, room: 'native' };
  return new Map([...frames].map(([id, frame]) => [id, frame.room === 'idle' ? native : frame]));
}
