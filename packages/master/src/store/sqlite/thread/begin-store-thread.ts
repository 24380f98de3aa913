import { Worker } from 'node:worker_threads';
import { programUrl } from '@millrace/kernel/program-url';
import type { ToThread } from './wire.ts';

/**
 * A thread for a store, which waits to be told what to open. Until then it is nobody's: it begins and reads its code,
 * which takes longer than opening, while its owner does something else.
 */
export function beginStoreThread(): Worker {
  return new Worker(programUrl(import.meta.url, './store-thread.ts'), { name: 'store' });
}

/** Has the garbage of its heap collected, in its own time. Whether it lives makes no difference. */
export function sweepStoreThread(worker: Worker): void {
  const message: ToThread = { kind: 'sweep' };
  worker.postMessage(message, []);
}
