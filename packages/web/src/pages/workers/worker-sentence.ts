import type { Hold } from '@millrace/protocol/api/holds';
import type { Worker } from '@millrace/protocol/api/workers';
import type { MarkName } from '../../marks/marks.ts';

/** `Paused by ann: a new disk.`, `Draining: 2 builds still run. …` */
function holdSentence({ state, by, reason }: Hold, running: number): string {
  const word = { paused: 'Paused', draining: 'Draining', drained: 'Drained, nothing runs' }[state];
  const left = state === 'draining' ? ` (${running} still ${running === 1 ? 'runs' : 'run'})` : '';
  return `${word}${left}${by === null ? '' : ` by ${by}`}: ${reason.replace(/[.!]?$/u, '.')}`;
}

/** How a worker is: a mark, a sentence, what somebody decided about it, and whether that is as it should be. */
export interface WorkerWords {
  readonly mark: MarkName;
  readonly text: string;
  /** Said whether the machine is there or not: a pause outlives its connection. */
  readonly hold: string | undefined;
  readonly well: boolean;
}

export function workerSentence(worker: Worker): WorkerWords {
  const hold = worker.hold === null ? undefined : holdSentence(worker.hold, worker.builds.length);
  const away = (mark: MarkName, text: string): WorkerWords => ({ mark, text, hold, well: false });
  if (worker.heardAt === null) return away('waiting', 'It has never connected.');
  if (worker.silent) return away('exception', 'Silent for too long: what it ran counts as lost.');
  if (!worker.connected) return away('waiting', 'Not connected.');
  const busy = worker.builds.length;
  const work = busy === 0 ? 'Ready.' : `${busy} of ${worker.slots} slots busy.`;
  if (hold !== undefined) return { mark: 'cancelled', text: busy === 0 ? '' : work, hold, well: false };
  if (!worker.accepts) return away('warnings', `Takes no builds: ${worker.message ?? 'it says no more'}.`);
  return { mark: busy === 0 ? 'success' : 'running', text: work, hold, well: true };
}
