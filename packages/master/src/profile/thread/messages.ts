import type { Histogram } from 'node:perf_hooks';
import type { MessagePort } from 'node:worker_threads';
import type { ProfileAsked, Stall, ThreadProfile } from '@millrace/protocol/api/profiles';

/* What the master and its watcher's thread say to each other. */

export interface WatchOptions {
  readonly memory: SharedArrayBuffer;
  /** The times between pulses of the main thread, as they come: its memory is shared, too. */
  readonly pulses: Histogram;
  readonly doorbell: SharedArrayBuffer;
  readonly master: string;
  readonly version: string;
  /** Where the store's thread is asked to sample itself; null: there is none. */
  readonly storeSampling: MessagePort | null;
  /** Whoever is on this machine and may read there is answered (`profile-socket.ts`). */
  readonly dataFolder: string;
}

export type ToWatcher =
  | { readonly kind: 'profile'; readonly id: number; readonly asked: Required<ProfileAsked> }
  /** Not answered: garbage is to be collected. */
  | { readonly kind: 'sweep' }
  | { readonly kind: 'close' };

/** What the thread alone can tell. */
export interface Watched {
  /** When it began, in milliseconds since 1970. */
  readonly at: number;
  readonly seconds: number;
  readonly busyShare: number;
  readonly blockedMs: number;
  readonly gc: { readonly count: number; readonly ms: number };
  /** The main thread's, and the store's. */
  readonly threads: ThreadProfile[];
}

/** What the main thread did since it was told last, in milliseconds. */
export interface Times {
  readonly ms: number;
  /** Of it, without being idle. */
  readonly busyMs: number;
  /** What the rooms took of that, as far as it was sampled. */
  readonly rooms: Readonly<Record<string, number>>;
}

export type FromWatcher =
  | { readonly kind: 'ready' }
  /** How often the heart is to beat. */
  | { readonly kind: 'pace'; readonly hurried: boolean }
  | { readonly kind: 'profiled'; readonly id: number; readonly watched: Watched }
  /** Somebody else has one taken. */
  | { readonly kind: 'running'; readonly id: number }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string }
  | { readonly kind: 'stalled'; readonly stall: Stall }
  /** It samples from now on. */
  | { readonly kind: 'begun'; readonly id: number }
  | { readonly kind: 'times'; readonly times: Times }
  | { readonly kind: 'trouble'; readonly message: string };
