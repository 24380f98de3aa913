import type { ProfileAsked } from '@millrace/protocol/api/profiles';
import type { CpuProfile } from '../cpu-profile.ts';
import type { FrameFinder } from '../frame-finder.ts';
import { beatMs } from '../heart.ts';
import type { Beat } from '../heart.ts';
import { summarise } from '../summary.ts';
import type { Watched } from './messages.ts';

/** One sample a millisecond, for somebody who looks; the watcher's own are far fewer. */
const sampleUs = 1_000;

export interface TakerParts {
  readonly finder: FrameFinder;
  readonly begin: () => Disposable & {
    start(sampleUs: number): Promise<void>;
    stop(): Promise<CpuProfile>;
  };
  readonly beat: () => Beat;
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
    const { finder, begin, beat, nowUs, now, pause } = this.#parts;
    using session = begin();
    await session.start(sampleUs);
    onBegun?.();
    const at = now();
    const before = beat();
    const startedUs = nowUs();
    await pause(seconds * 1000);
    const after = beat();
    const endedUs = nowUs();
    const profile = await session.stop();
    const silentMs = (endedUs - after.atUs) / 1000;
    const main = summarise('main', profile, finder.find(profile));
    const allMs = main.busyMs + main.idleMs;
    return {
      at,
      seconds: (endedUs - startedUs) / 1e6,
      // Not the runtime's own figure: the signals of the sampling make it count idle time as busy.
      busyShare: allMs === 0 ? 0 : main.busyMs / allMs,
      blockedMs: silentMs > 4 * beatMs ? Math.round(silentMs) : 0,
      gc: { count: after.gcCount - before.gcCount, ms: (after.gcUs - before.gcUs) / 1000 },
      main,
      cpuProfile: cpuProfile ? profile : undefined,
    };
  }
}
