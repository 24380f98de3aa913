import { once } from 'node:events';
import { Session } from 'node:inspector/promises';
import type { Profiler } from 'node:inspector';
import type { CpuProfile } from '../cpu-profile.ts';
import { asProfile } from './main-session.ts';

/**
 * A profiler of the main thread that goes on from turn to turn: a profile begins before the one before it ends. Where
 * none is left V8 lets go of its profiler, and making another goes through all the code there is: 30 ms of the main
 * thread for a master, against half a millisecond for a turn.
 */
export class RollingSession implements Disposable {
  readonly #session = new Session();
  readonly #sampleUs: number;
  /** Of those that are begun by name; 0 is the one that {@link start} began. */
  #turns = 0;

  constructor(sampleUs: number) {
    this.#sampleUs = sampleUs;
    this.#session.connectToMainThread();
  }

  /** Also while the main thread is blocked: V8 interrupts what runs there, which it does not to evaluate anything. */
  async start(): Promise<void> {
    this.#turns = 0;
    await this.#session.post('Profiler.enable');
    await this.#session.post('Profiler.setSamplingInterval', { interval: this.#sampleUs });
    await this.#session.post('Profiler.start');
  }

  /** What was sampled since the last turn. Not to be called while the main thread is blocked: it has to take part. */
  async turn(): Promise<CpuProfile> {
    const before = this.#turns;
    this.#turns += 1;
    await this.#call('profile', this.#turns);
    return this.#end(before);
  }

  /** What was sampled since the last turn; nothing more until it is started again. As {@link turn} otherwise. */
  stop(): Promise<CpuProfile> {
    return this.#end(this.#turns);
  }

  [Symbol.dispose](): void {
    this.#session.disconnect();
  }

  async #end(turn: number): Promise<CpuProfile> {
    if (turn === 0) return asProfile((await this.#session.post('Profiler.stop')).profile);
    const finished = once(this.#session, 'Profiler.consoleProfileFinished');
    await this.#call('profileEnd', turn);
    const [{ params }] = (await finished) as [{ params: { profile: Profiler.Profile } }];
    return asProfile(params.profile);
  }

  /** Only profiles that are begun and ended by name may overlap. */
  async #call(act: 'profile' | 'profileEnd', turn: number): Promise<void> {
    await this.#session.post('Runtime.evaluate', {
      expression: `console.${act}('watcher ${turn}')`,
      silent: true,
    });
  }
}
