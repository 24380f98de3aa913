import type { Stall } from '@millrace/protocol/api/profiles';
import type { CpuProfile } from '../cpu-profile.ts';
import type { FoundFrame, FrameFinder } from '../frame-finder.ts';
import { busyShare, isHurried, pulseMs } from '../heart.ts';
import type { Beat } from '../heart.ts';
import { beginPulse, lateMs, lookAtPulse } from '../pulse-watch.ts';
import { beginWatch, look, stallUs } from '../stall-watch.ts';
import { blame } from '../summary.ts';
import type { Times } from './messages.ts';
import { beginResting, turnOfRest } from './sampler-rest.ts';
import type { RestTurn } from './sampler-rest.ts';

/**
 * It is coarse, because it samples as long as there is work: a dozen samples tell what a stall of the shortest kind
 * was, and fifty a second cost half a per cent of a core.
 */
export const rollingSampleUs = 20_000;
/** Stalls that follow each other closely are told together. */
const turnMsMin = 1_000;
const turnMs = 20_000;
/** How soon a beat that is late is looked for again. */
const lateLookMs = 25;
/** The pulse of the turn of the loop in which a beat comes may come after it. */
const settledUs = 5_000;
/** What is told of the time before a stall. */
const beforeUs = 1_000_000;
const pendingMax = 100;

export interface RollingParts {
  readonly finder: FrameFinder;
  readonly sampler: {
    start(): Promise<void>;
    /** Takes what was sampled since the last time, and goes on. */
    turn(): Promise<CpuProfile>;
    /** The same, and rests. */
    stop(): Promise<CpuProfile>;
  };
  readonly nowUs: () => number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly beat: () => Beat;
  readonly pulses: {
    /** How many have come since the last reset. */
    count(): number;
    /** The longest time from one to the next since then. */
    longestUs(): number;
    /** The time until the next one is not measured then. */
    reset(): void;
  };
  readonly onStall: (stall: Stall) => void;
  readonly onTimes: (times: Times) => void;
}

interface Ended {
  readonly fromUs: number;
  readonly toUs: number;
}

/**
 * Looks whether the loop comes round, and says what it did instead when it comes back. The sampler rests while the
 * main thread does, and is woken by work or by a pulse or a beat that is late.
 */
export class Rolling {
  readonly #parts: RollingParts;
  #watch;
  #pulse;
  #rest;
  #pending: Ended[] = [];
  /** Since when what it did has not been told, and the beat of then. */
  #turned: { readonly us: number; readonly beat: Beat };
  #dueUs: number;
  /** Whether the beat after the last one was to come soon. */
  #hurried = false;
  #turning = false;

  constructor(parts: RollingParts) {
    this.#parts = parts;
    const us = parts.nowUs();
    const beat = parts.beat();
    this.#turned = { us, beat };
    this.#dueUs = us;
    this.#watch = beginWatch(us, beat);
    this.#pulse = beginPulse(us, parts.pulses.count());
    this.#rest = beginResting(beat);
  }

  /** Nothing is sampled, and nothing of it is under way: nobody is needed but who looks. */
  get rests(): boolean {
    return this.#rest.resting && !this.#turning;
  }

  /** When the loop is known to have come round for the last time. */
  get aliveUs(): number {
    return Math.max(this.#pulse.aliveUs, this.#parts.beat().atUs);
  }

  /**
   * When to look next, in milliseconds: when the next beat would be late, or the next pulse where that is sooner, so
   * that each takes one look.
   */
  get restMs(): number {
    const beat = this.#parts.beat();
    const nowUs = this.#parts.nowUs();
    const nextUs = isHurried(beat) ? beat.dueUs + lateMs * 1000 : this.#pulse.nextUs;
    this.#dueUs = Math.max(nowUs + (isHurried(beat) ? lateLookMs * 1000 : 0), nextUs);
    return (this.#dueUs - nowUs) / 1000;
  }

  /** To be called each {@link restMs}. @throws what taking a profile threw */
  async look(): Promise<void> {
    const nowUs = this.#parts.nowUs();
    const beat = this.#parts.beat();
    this.#pulse = lookAtPulse(this.#pulse, nowUs, this.#parts.pulses.count());
    this.#lookForStalls(nowUs, beat);
    if (this.#turning) return;
    // On a machine that is too busy for this thread, too, the loop is not to blame.
    const isPunctual = nowUs - this.#dueUs < lateMs * 1000;
    const isOverdue = isHurried(beat) ? nowUs >= beat.dueUs + lateMs * 1000 : this.#pulse.isLate;
    const rested = this.#rest.resting;
    const { turn, rest } = turnOfRest(this.#rest, beat, isOverdue && isPunctual);
    const sinceMs = (nowUs - this.#turned.us) / 1000;
    // A turn needs the main thread, and would cut in two what may be a stall.
    const isDue = !isOverdue && sinceMs >= (this.#pending.length > 0 ? turnMsMin : turnMs);
    // What is to be told first is told by a turn.
    if (turn === 'rest' && this.#pending.length > 0) return isDue ? this.#take('stay', beat) : undefined;
    this.#rest = rest;
    if (rested ? turn === 'wake' || isDue : turn === 'rest' || isDue)
      await (rested ? this.#tellRest(turn, beat) : this.#take(turn, beat));
  }

  #lookForStalls(nowUs: number, beat: Beat): void {
    const { pulses } = this.#parts;
    const before = this.#watch.beat;
    const isNew = beat.atUs > before.atUs && nowUs - beat.atUs >= settledUs;
    const longestUs = isNew && !this.#hurried ? pulses.longestUs() : Infinity;
    const looked = look(this.#watch, nowUs, isNew ? beat : before, longestUs);
    this.#watch = looked.watch;
    if (looked.ended && this.#pending.length < pendingMax) this.#pending.push(looked.ended);
    if (!isNew) return;
    this.#hurried = isHurried(beat);
    if (pulses.longestUs() < stallUs) return;
    pulses.reset();
    this.#pulse = beginPulse(nowUs + pulseMs * 1000, pulses.count());
  }

  /** By the runtime's own figures, which are right while nobody samples. */
  async #tellRest(turn: RestTurn, beat: Beat): Promise<void> {
    const { us, beat: before } = this.#turned;
    const nowUs = this.#parts.nowUs();
    const ms = (nowUs - us) / 1000;
    this.#parts.onTimes({ ms, busyMs: ms * busyShare(before, beat, nowUs), rooms: {} });
    this.#turned = { us: nowUs, beat };
    if (turn === 'wake') await this.#alone(() => this.#parts.sampler.start());
    // Over before the sampler was there, as on a machine that is too busy for this thread.
    else this.#tellStalls(this.#pending.splice(0), { ...nothing, startTime: nowUs, endTime: nowUs });
  }

  async #take(turn: RestTurn, beat: Beat): Promise<void> {
    await this.#alone(async () => {
      const stalls = this.#pending.splice(0);
      const { sampler, nowUs } = this.#parts;
      const profile = await (turn === 'rest' ? sampler.stop() : sampler.turn());
      this.#turned = { us: nowUs(), beat };
      this.#tell(profile, stalls);
    });
  }

  /** One word with the sampler at a time; the loop is looked at meanwhile. */
  async #alone(act: () => Promise<void>): Promise<void> {
    this.#turning = true;
    try {
      await act();
    } finally {
      this.#turning = false;
    }
  }

  #tell(profile: CpuProfile, stalls: readonly Ended[]): void {
    const { finder, onTimes } = this.#parts;
    const frames = finder.find(profile);
    const { startTime: from, endTime: to } = profile;
    const { shares } = blame(profile, frames, { from, to });
    const ms = (to - from) / 1000;
    const busy = shares.filter(({ room }) => room !== 'idle');
    const rooms = Object.fromEntries(busy.map(({ room, share }) => [room, Math.round(share * ms)]));
    const busyMs = Object.values(rooms).reduce((sum, one) => sum + one, 0);
    onTimes({ ms: Math.round(ms), busyMs, rooms });
    this.#tellStalls(stalls, profile);
  }

  #tellStalls(stalls: readonly Ended[], profile: CpuProfile): void {
    if (stalls.length === 0) return;
    const { finder, onStall } = this.#parts;
    const frames = finder.find(profile);
    const from = profile.startTime;
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
        // The sampler rested until then: so did the loop.
        before: from > fromUs ? [{ room: 'idle', share: 1 }] : before.shares.slice(0, 5),
        samples: during.samples,
      });
    }
  }
}

const nothing = { nodes: [], samples: [], timeDeltas: [] };

/** A loop that stands still is not idle: what has no JavaScript on the stack is native code, waited for. */
function withoutIdle(frames: ReadonlyMap<number, FoundFrame>): ReadonlyMap<number, FoundFrame> {
  const native = { function: '(native code)', file: '', line: 0, room: 'native' };
  return new Map([...frames].map(([id, frame]) => [id, frame.room === 'idle' ? native : frame]));
}
