import { BroadcastChannel } from 'node:worker_threads';

/*
 * V8 collects garbage when memory is asked for: a thread that has done its work and rests keeps what it left behind,
 * and an empty young generation as large as it was under load.
 */

const channelName = 'millrace heap sweep';

/**
 * Collects all garbage of this thread's heap and gives what is empty back to the system. The thread stands still for
 * some 3 ms for each MiB that lives.
 */
export async function sweepHeap(): Promise<void> {
  // Loaded by whoever needs it.
  const { Session } = await import('node:inspector');
  const session = new Session();
  session.connect();
  await new Promise<void>((resolve) => {
    session.post('HeapProfiler.collectGarbage', () => {
      // Not at once: V8 calls this with a lock held that disconnecting takes, too, and would wait for itself for ever.
      setImmediate(() => {
        session.disconnect();
        resolve();
      });
    });
  });
}

/** {@link sweepHeap} in this thread, and then in all others that said {@link sweepWhenAsked}. */
export async function sweepHeaps(): Promise<void> {
  await sweepHeap();
  const channel = new BroadcastChannel(channelName);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have none
  channel.postMessage(null);
  channel.close();
}

/** To be called once in a thread beside the main one; it may end at any time. */
export function sweepWhenAsked(): void {
  const channel = new BroadcastChannel(channelName);
  channel.addEventListener('message', () => void sweepHeap());
  channel.unref();
}
