import type { Worker } from '@millrace/protocol/api/workers';

/** How a worker is, as a sentence, and whether that is as it should be. */
export function workerSentence(worker: Worker): { readonly text: string; readonly well: boolean } {
  if (worker.heardAt === null) return { text: 'It has never connected.', well: false };
  if (worker.silent) return { text: 'Silent for too long: what it ran counts as lost.', well: false };
  if (!worker.connected) return { text: 'Not connected.', well: false };
  if (!worker.accepts)
    return { text: `Takes no builds: ${worker.message ?? 'it says no more'}.`, well: false };
  const busy = worker.builds.length;
  return { text: busy === 0 ? 'Ready.' : `${busy} of ${worker.slots} slots busy.`, well: true };
}
