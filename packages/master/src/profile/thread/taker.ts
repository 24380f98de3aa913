import type { ProfileAsked, ThreadProfile } from '@millrace/protocol/api/profiles';
import type { CpuProfile } from '../cpu-profile.ts';
import type { FrameFinder } from '../frame-finder.ts';
import { beatMs } from '../heart.ts';
import type { Beat } from '../heart.ts';
import { summarise } from '../summary.ts';
import type { Watched } from './messages.ts';

/** One sample a millisecond, for somebody who looks; the watcher's own are far fewer. */
const sampleUs = 1_000;
/** The store's thread answers between two groups of operations: one that takes longer is stuck. */
const storeMsMax = 5_000;
/** Beginning takes some tens of milliseconds by itself. */
const lateMsMin = 2 * beatMs;

/** The store's thread hears of a start and a stop when it is done with what it does. */
interface StoreSampler {
  start(sampleUs: number): void;
  stop(): Promise<CpuProfile>;
}

export interface TakerParts {
  readonly finder: FrameFinder;
  readonly begin: () => Disposable & {
    start(sampleUs: number): Promise<void>;
    stop(): Promise<CpuProfile>;
  };
  /** Null: the store has no thread. */
  readonly store: StoreSampler | null;
  readonly beat: () => Beat;
  /** When the main thread's loop is known to have come round for the last time. */
  readonly aliveUs: () => number;
  readonly nowUs: () => number;
  readonly now: () => number;
  readonly pause: (ms: number) => Promise<void>;
}

/** Takes a profile for whoever asks, one at a time. */
export class Taker {
  readonly #parts: TakerParts;
  #running = false;

  constructor(parts: TakerParts) {
    this.#parts = parts;
  }

  get running(): boolean {
    return this.#running;
  }

  /** @param onBegun it samples from then on */
  async take(asked: Required<ProfileAsked>, onBegun?: () => void): Promise<Watched | 'running'> {
    if (this.#running) return 'running';
    this.#running = true;
    try {
      return await this.#take(asked, onBegun);
    } finally {
      this.#running = false;
    }
  }

  async #take({ seconds, cpuProfile }: Required<ProfileAsked>, onBegun?: () => void): Promise<Watched> {
    const { begin, store, beat, aliveUs, nowUs, now, pause } = this.#parts;
    using session = begin();
    await session.start(sampleUs);
    store?.start(sampleUs);
    onBegun?.();
    const at = now();
    const before = beat();
    const startedUs = nowUs();
    await pause(seconds * 1000);
    const after = beat();
    const endedUs = nowUs();
    const aliveAtUs = aliveUs();
    const storeSampled = store && this.#stopInTime(store);
    const sampled = await session.stop();
    const told = { startedUs, endedUs, cpuProfile };
    const main = this.#tell('main', sampled, told);
    const threads = storeSampled ? [main, this.#tell('store', await storeSampled, told)] : [main];
    const silentMs = (endedUs - aliveAtUs) / 1000;
    const allMs = main.busyMs + main.idleMs;
    return {
      at,
      seconds: (endedUs - startedUs) / 1e6,
      // Not the runtime's own figure: the signals of the sampling make it count idle time as busy.
      busyShare: allMs === 0 ? 0 : main.busyMs / allMs,
      blockedMs: silentMs > lateMsMin ? Math.round(silentMs) : 0,
      gc: { count: after.gcCount - before.gcCount, ms: (after.gcUs - before.gcUs) / 1000 },
      threads,
    };
  }

  /** Undefined: it did not answer. */
  async #stopInTime(store: StoreSampler): Promise<CpuProfile | undefined> {
    const late = this.#parts.pause(storeMsMax).then(() => undefined);
    return Promise.race([store.stop().catch(() => undefined), late]);
  }

  #tell(
    thread: ThreadProfile['thread'],
    profile: CpuProfile | undefined,
    { startedUs, endedUs, cpuProfile }: Told,
  ): ThreadProfile {
    const sampled = profile ?? { ...nothing, startTime: endedUs, endTime: endedUs };
    const lateMs = (Math.min(sampled.startTime, endedUs) - startedUs) / 1000;
    return {
      ...summarise(thread, sampled, this.#parts.finder.find(sampled)),
      unsampledMs: lateMs > lateMsMin ? Math.round(lateMs) : 0,
      ...(cpuProfile && { cpuProfile: sampled }),
    };
  }
}

interface Told {
  readonly startedUs: number;
  readonly endedUs: number;
  /** Whether the samples are wanted, too. */
  readonly cpuProfile: boolean;
}

const nothing = { nodes: [], samples: [], timeDeltas: [] };
