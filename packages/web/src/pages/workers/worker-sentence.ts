import type { Hold } from '@millrace/protocol/api/holds';
import type { Worker } from '@millrace/protocol/api/workers';

/** `Paused by ann: a new disk.`, `Draining: 2 builds still run. …` */
function holdSentence({ state, by, reason }: Hold, running: number): string {
  const word = { paused: 'Paused', draining: 'Draining', drained: 'Drained, nothing runs' }[state];
  const left = state === 'draining' ? ` (${running} still ${running === 1 ? 'runs' : 'run'})` : '';
  return `${word}${left}${by === null ? '' : ` by ${by}`}: ${reason.replace(/[.!]?$/u, '.')}`;
}

/** How a worker is, as a sentence, and whether that is as it should be. */
export function workerSentence(worker: Worker): { readonly text: string; readonly well: boolean } {
  if (worker.heardAt === null) return { text: 'It has never connected.', well: false };
  if (worker.silent) return { text: 'Silent for too long: what it ran counts as lost.', well: false };
  if (!worker.connected) return { text: 'Not connected.', well: false };
  if (worker.hold !== null) return { text: holdSentence(worker.hold, worker.builds.length), well: false };
  if (!worker.accepts)
    return { text: `Takes no builds: ${worker.message ?? 'it says no more'}.`, well: false };
  const busy = worker.builds.length;
  return { text: busy === 0 ? 'Ready.' : `${busy} of ${worker.slots} slots busy.`, well: true };
}
