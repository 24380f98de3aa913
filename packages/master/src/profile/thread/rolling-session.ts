import { once } from 'node:events';
import { Session } from 'node:inspector/promises';
import type { Profiler } from 'node:inspector';
import type { CpuProfile } from '../cpu-profile.ts';
import { asProfile } from './main-session.ts';

/**
 * A profiler of the main thread that never ends: a named profile begins before the one before it ends. Where none is
 * left V8 lets go of its profiler, and making another goes through all the code there is: 30 ms of the main thread
 * for a master, against half a millisecond for a turn.
 */
export class RollingSession implements Disposable {
  readonly #session = new Session();
  #turns = 0;

  constructor() {
    this.#session.connectToMainThread();
  }

  async start(sampleUs: number): Promise<void> {
    await this.#session.post('Profiler.enable');
    await this.#session.post('Profiler.setSamplingInterval', { interval: sampleUs });
    await this.#call('profile', this.#turns);
  }

  /** What was sampled since the last turn. Not to be called while the main thread is blocked: it has to take part. */
  async turn(): Promise<CpuProfile> {
    const before = this.#turns;
    this.#turns += 1;
    await this.#call('profile', this.#turns);
    const finished = once(this.#session, 'Profiler.consoleProfileFinished');
    await this.#call('profileEnd', before);
    const [{ params }] = (await finished) as [{ params: { profile: Profiler.Profile } }];
    return asProfile(params.profile);
  }

  [Symbol.dispose](): void {
    this.#session.disconnect();
  }

  /** Only profiles that are begun and ended by name may overlap. */
  async #call(act: 'profile' | 'profileEnd', turn: number): Promise<void> {
    await this.#session.post('Runtime.evaluate', {
      expression: `console.${act}('watcher ${turn}')`,
      silent: true,
    });
  }
}
