import { assert } from '@millrace/kernel/assert';
import { sleep } from '@millrace/kernel/clock';
import { stoppedOutcome } from '../steps/step.ts';
import type { StepOutcome } from '../steps/step.ts';
import { nextTryInMs } from './next-try.ts';
import { StepTry } from './step-try.ts';
import type { StepBuild, StepParts, StepPlace } from './step-try.ts';

/** Runs one step of a plan: one try, or several where the plan wants them. */
export class StepRun {
  readonly #parts: StepParts;
  readonly #place: StepPlace;
  readonly #build: StepBuild;
  readonly #index: number;
  readonly #stopping = new AbortController();
  #try: StepTry | undefined;
  #held = false;
  #killGraceMs = Infinity;

  constructor(parts: StepParts, place: StepPlace, build: StepBuild, index: number) {
    this.#parts = parts;
    this.#place = place;
    this.#build = build;
    this.#index = index;
  }

  /** Resolves when nothing of the step is left, its logs are closed and its end is not yet said. */
  async run(): Promise<StepOutcome> {
    const step = this.#build.order.plan.steps[this.#index];
    assert(step !== undefined, 'the plan has the step');
    this.#build.append({ kind: 'step-started', step: this.#index }, 'opening');
    for (let number = 1; ; number++) {
      const outcome = await this.#runTry(number);
      const nextInMs = this.stopped ? undefined : nextTryInMs(step.retry, number, outcome);
      if (nextInMs === undefined) return outcome;
      const { warnings: _none, ...ended } = outcome;
      this.#build.append({ kind: 'try-ended', step: this.#index, try: number, ...ended, nextInMs }, 'soon');
      await sleep(this.#parts.clock, nextInMs, this.#stopping.signal);
      if (this.stopped) return stoppedOutcome;
    }
  }

  /** Whether a stop, and not the step itself, decides how it ended. */
  get stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  /** Ends what runs. `killGraceMs`: less than the step's own where there is no time for that. */
  stop(killGraceMs = Infinity): void {
    this.#killGraceMs = Math.min(this.#killGraceMs, killGraceMs);
    this.#stopping.abort();
    this.#try?.stop(this.#killGraceMs);
  }

  /** Ends what runs, and says nothing more: no output, no end of a log. */
  abandon(): void {
    this.#stopping.abort();
    this.#try?.abandon();
  }

  /** There is no room for output: it waits, and the clocks of the limits stand still. */
  hold(): void {
    this.#held = true;
    this.#try?.hold();
  }

  release(): void {
    this.#held = false;
    this.#try?.release();
  }

  watchedChanged(): void {
    this.#try?.watchedChanged();
  }

  async #runTry(number: number): Promise<StepOutcome> {
    const one = new StepTry(this.#parts, this.#place, this.#build, this.#index, number);
    this.#try = one;
    if (this.#held) one.hold();
    const outcome = await one.run();
    this.#try = undefined;
    return outcome;
  }
}
