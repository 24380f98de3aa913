import type { Clock } from '@millrace/kernel/clock';

/** What happened in a run, for a person who replays it. Only the last part is kept. */
export class Trace {
  readonly #clock: Clock;
  readonly #lines: string[] = [];
  readonly #linesMax: number;
  /** Told as it happens, where somebody watches a replay. */
  onLine: ((line: string) => void) | undefined;

  constructor(clock: Clock, linesMax = 4_000) {
    this.#clock = clock;
    this.#linesMax = linesMax;
  }

  say(who: string, what: string): void {
    const at = (this.#clock.monotonicMs() / 1000).toFixed(3).padStart(9);
    const line = `${at}  ${who.padEnd(12)} ${what}`;
    this.#lines.push(line);
    if (this.#lines.length > 2 * this.#linesMax) this.#lines.splice(0, this.#linesMax);
    this.onLine?.(line);
  }

  toString(): string {
    return this.#lines.slice(-this.#linesMax).join('\n');
  }
}
