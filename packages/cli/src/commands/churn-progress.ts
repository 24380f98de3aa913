import path from 'node:path';
import type { Phase, Progress } from '@millrace/churn';
import type { Clock } from '@millrace/kernel/clock';
import type { Output } from '../client/client-context.ts';
import { headline } from '../client/printable.ts';

const intervalMs = 100;
const barColumns = 24;

const doing: Record<Phase, string> = {
  ends: 'finding the ends',
  import: 'reading Mercurial',
  history: 'following the history',
  authors: 'counting by author',
  survival: 'following lines',
};

/** One line on a terminal that says how far long work is; on anything else, nothing. */
export class ProgressLine {
  readonly #output: Output;
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  #phase: string | undefined;
  #shownMs = Number.NEGATIVE_INFINITY;

  constructor(output: Output, clock: Pick<Clock, 'monotonicMs'>) {
    this.#output = output;
    this.#clock = clock;
  }

  /** Draws a step, unless another of the same phase was drawn a moment ago. */
  show(step: Progress): void {
    if (!this.#output.isTerminal) return;
    const nowMs = this.#clock.monotonicMs();
    const phase = `${step.index} ${step.phase}`;
    if (phase === this.#phase && nowMs - this.#shownMs < intervalMs) return;
    this.#phase = phase;
    this.#shownMs = nowMs;
    void this.#output.write(`\r${progressText(step, this.#output.columns - 1)}\u001b[K`);
  }

  /** Leaves the line empty for what comes after. */
  clear(): void {
    if (this.#phase === undefined) return;
    this.#phase = undefined;
    void this.#output.write('\r\u001b[K');
  }
}

/** `[######      ]  25%  2/3 mill: following the history`, in at most so many columns. */
export function progressText(
  { repository, index, repositories, phase, done, total }: Progress,
  columns: number,
): string {
  const share = total > 0 ? Math.min(done / total, 1) : 0;
  const filled = Math.round(share * barColumns);
  const bar = `[${'#'.repeat(filled)}${' '.repeat(barColumns - filled)}]`;
  const figure = total > 0 ? `${Math.floor(share * 100)}%` : String(done || '');
  const place = repositories > 1 ? `${index + 1}/${repositories} ` : '';
  const name = path.basename(path.resolve(repository));
  return headline(`${bar} ${figure.padStart(4)}  ${place}${name}: ${doing[phase]}`, columns);
}
