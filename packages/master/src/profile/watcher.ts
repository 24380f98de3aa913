import { isMainThread, Worker } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { unreachable } from '@millrace/kernel/assert';
import type { Clock } from '@millrace/kernel/clock';
import { messageOf } from '@millrace/kernel/errors';
import { programUrl } from '@millrace/kernel/program-url';
import type { ProfileAsked, Stall } from '@millrace/protocol/api/profiles';
import { Heart } from './heart.ts';
import { Doorbell } from './thread/doorbell.ts';
import type { FromWatcher, Times, ToWatcher, Watched, WatchOptions } from './thread/messages.ts';

export interface WatcherOptions {
  readonly clock: Clock;
  readonly dataFolder: string;
  readonly master: string;
  readonly version: string;
  /** Where the store's thread is asked to sample itself; null: there is none. */
  readonly storeSampling: MessagePort | null;
  /** False: only the heart beats. */
  readonly watched: boolean;
  readonly onStall: (stall: Stall) => void;
  readonly onTimes: (times: Times) => void;
  readonly onTrouble: (error: unknown) => void;
}

/** What taking a profile came to. */
export type Taken =
  | { readonly kind: 'taken'; readonly watched: Watched }
  | { readonly kind: 'running' }
  | { readonly kind: 'failed'; readonly message: string };

const heapMiBMax = 64;
const closeMsMax = 2_000;

/** The main thread's end of the watcher. A watcher that dies takes nothing with it. */
export class Watcher {
  readonly heart: Heart;
  readonly #clock: Clock;
  readonly #doorbell = new Doorbell();
  #worker: Worker | undefined;
  readonly #options: WatcherOptions;
  readonly #waiting = new Map<number, { onBegun: () => void; resolve: (taken: Taken) => void }>();
  #lastId = 0;
  #ended: Promise<void> = Promise.resolve();
  #dead: string | undefined = 'This master has not begun yet. Ask again in a moment.';
  #closing = false;

  /** The heart beats; nobody watches it before `begin`. */
  constructor(options: WatcherOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.heart = new Heart(options.clock);
  }

  /**
   * Begins to watch, beside everything else. In a thread that is not the process's main one there is nothing to watch:
   * profiles cannot be taken.
   */
  begin(): void {
    const options = this.#options;
    if (!options.watched || !isMainThread) {
      this.#dead = options.watched
        ? 'This master does not run in the main thread of its process.'
        : 'This master was started without its watcher (--no-watcher).';
      return;
    }
    this.#dead = undefined;
    const { master, version, dataFolder, storeSampling } = options;
    const workerData: WatchOptions = {
      memory: this.heart.memory,
      pulses: this.heart.pulse.gaps,
      doorbell: this.#doorbell.memory,
      master,
      version,
      storeSampling,
      dataFolder,
    };
    this.#worker = new Worker(programUrl(import.meta.url, './thread/watch-thread.ts'), {
      workerData,
      transferList: storeSampling === null ? [] : [storeSampling],
      name: 'watcher',
      resourceLimits: { maxOldGenerationSizeMb: heapMiBMax, maxYoungGenerationSizeMb: 4 },
    });
    this.#ended = new Promise((resolve) => {
      this.#worker?.once('exit', () => {
        this.#die('The watcher has ended.');
        resolve();
      });
    });
    this.#worker.on('error', (error) => this.#die(messageOf(error)));
    this.#worker.on('message', (message: FromWatcher) => this.#hear(message));
  }

  /** @param onBegun it samples from then on */
  async profile(asked: Required<ProfileAsked>, onBegun: () => void): Promise<Taken> {
    if (this.#dead !== undefined) return { kind: 'failed', message: this.#dead };
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      this.#waiting.set(id, { onBegun, resolve });
      this.#tell({ kind: 'profile', id, asked });
    });
  }

  /** Has the garbage of its own heap collected, in its own time. */
  sweep(): void {
    this.#tell({ kind: 'sweep' });
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.heart[Symbol.dispose]();
    this.#tell({ kind: 'close' });
    const late = this.#clock.after(closeMsMax, () => void this.#worker?.terminate());
    await this.#ended;
    late.cancel();
  }

  #tell(message: ToWatcher): void {
    this.#worker?.postMessage(message);
    this.#doorbell.ring();
  }

  #hear(message: FromWatcher): void {
    switch (message.kind) {
      case 'ready':
        return;
      case 'pace':
        if (!this.#closing) this.heart.hurry(message.hurried);
        return;
      case 'profiled':
        return this.#answer(message.id, { kind: 'taken', watched: message.watched });
      case 'running':
        return this.#answer(message.id, { kind: 'running' });
      case 'failed':
        return this.#answer(message.id, { kind: 'failed', message: message.message });
      case 'stalled':
        return this.#options.onStall(message.stall);
      case 'times':
        return this.#options.onTimes(message.times);
      case 'begun':
        return this.#waiting.get(message.id)?.onBegun();
      case 'trouble':
        return this.#options.onTrouble(new Error(`watcher: ${message.message}`));
      default:
        return unreachable(message);
    }
  }

  #answer(id: number, taken: Taken): void {
    this.#waiting.get(id)?.resolve(taken);
    this.#waiting.delete(id);
  }

  #die(message: string): void {
    if (this.#dead !== undefined) return;
    this.#dead = message;
    if (!this.#closing)
      this.#options.onTrouble(new Error(`The watcher has ended, and stalls go untold: ${message}`));
    for (const id of this.#waiting.keys()) this.#answer(id, { kind: 'failed', message });
  }
}
