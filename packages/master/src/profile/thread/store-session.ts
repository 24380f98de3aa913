import type { MessagePort } from 'node:worker_threads';
import type { FromSampler, ToSampler } from '../../store/sqlite/thread/self-sampler.ts';
import type { CpuProfile } from '../cpu-profile.ts';
import { asProfile } from './main-session.ts';

/** A profiler of the store's thread, which samples itself: it hears of it when it is done with what it does. */
export class StoreSession {
  readonly #port: MessagePort;
  readonly #waiting = new Map<number, PromiseWithResolvers<CpuProfile>>();
  #lastId = 0;

  /** @param port the other end is the store's thread's */
  constructor(port: MessagePort) {
    this.#port = port;
    port.on('message', (message: FromSampler) => {
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if (message.kind === 'failed') waiting?.reject(new Error(message.message));
      else waiting?.resolve(asProfile(message.profile));
    });
  }

  start(sampleUs: number): void {
    this.#tell({ kind: 'start', sampleUs });
  }

  /** What was sampled since it heard of the start. Never answers where the thread has ended, or is stuck. */
  stop(): Promise<CpuProfile> {
    const id = ++this.#lastId;
    const waiting = Promise.withResolvers<CpuProfile>();
    this.#waiting.set(id, waiting);
    this.#tell({ kind: 'stop', id });
    return waiting.promise;
  }

  #tell(message: ToSampler): void {
    this.#port.postMessage(message, []);
  }
}
