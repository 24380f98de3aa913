import type { Result } from '@millrace/protocol/result';
import type { Paint } from './paint.ts';

export type MarkName = Result | 'running' | 'waiting';

/** Shape, word and colour of a state: never the colour alone. */
const marks: Readonly<Record<MarkName, { readonly shape: string; readonly colour: keyof Paint }>> = {
  running: { shape: '◐', colour: 'blue' },
  waiting: { shape: '○', colour: 'dim' },
  success: { shape: '✓', colour: 'green' },
  warnings: { shape: '▲', colour: 'yellow' },
  failure: { shape: '✗', colour: 'red' },
  exception: { shape: 'ϟ', colour: 'magenta' },
  cancelled: { shape: '▬', colour: 'dim' },
  skipped: { shape: '–', colour: 'dim' },
};

export function mark(name: MarkName, paint: Paint): string {
  return paint[marks[name].colour](`${marks[name].shape} ${name}`);
}

/** The shape alone, where the word stands beside it or goes without saying. */
export function markShape(name: MarkName, paint: Paint): string {
  return paint[marks[name].colour](marks[name].shape);
}

/** The state of a build, step or request as one word. */
export function markName(state: string, result: Result | null): MarkName {
  if (state === 'pending') return 'waiting';
  return state === 'finished' ? (result ?? 'exception') : 'running';
}
