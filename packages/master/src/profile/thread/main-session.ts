import type { Profiler } from 'node:inspector';
import { Session } from 'node:inspector/promises';
import type { CpuProfile } from '../cpu-profile.ts';

/**
 * A profiler of the main thread, from another thread: V8 interrupts what runs there to begin and to end it, so that a
 * thread which is stuck in a loop is sampled too.
 */
export class MainSession implements Disposable {
  readonly #session = new Session();

  constructor() {
    this.#session.connectToMainThread();
  }

  /** Goes through all the code there is: some tens of milliseconds of the main thread. */
  async start(sampleUs: number): Promise<void> {
    await this.#session.post('Profiler.enable');
    await this.#session.post('Profiler.setSamplingInterval', { interval: sampleUs });
    await this.#session.post('Profiler.start');
  }

  async stop(): Promise<CpuProfile> {
    const { profile } = await this.#session.post('Profiler.stop');
    return asProfile(profile);
  }

  [Symbol.dispose](): void {
    this.#session.disconnect();
  }
}

export function asProfile(profile: Profiler.Profile): CpuProfile {
  return { ...profile, samples: profile.samples ?? [], timeDeltas: profile.timeDeltas ?? [] };
}
