import { unreachable } from '@millrace/kernel/assert';
import type { Reason, Result } from '@millrace/protocol/result';
import { worst } from '@millrace/protocol/result';
import type { StepOutcome } from '../steps/step.ts';

/*
 * The life of one build in its slot.
 *
 * Steps run in the plan's order, one at a time (`running`). After one that failed, only those run that are
 * planned for `always`; the others are told as skipped. The build's result is the worst of its steps', with
 * that step's reason.
 *
 * A build can be stopped: cancelled by somebody, because no master hears of it, or because its slot is shut
 * down. The running step is ended, the later ones do not run, and the stop says what the result is
 * (`stopping`). The first stop counts. A build that is somebody else's now is ended without a word more
 * (`leaving`), whatever stopped it before.
 *
 *   running --last step ended--> over
 *      |  \--stop--> stopping --step ended--> over
 *      |                 |
 *      +----fenced-------+-----> leaving --step ended--> gone
 */
export type BuildState =
  | ({ readonly phase: 'running' } & Progress)
  | { readonly phase: 'stopping'; readonly step: number; readonly stop: BuildStop }
  | { readonly phase: 'leaving'; readonly step: number }
  /** The last record is said. */
  | { readonly phase: 'over' }
  /** Nothing more is said. */
  | { readonly phase: 'gone' };

interface Progress {
  readonly step: number;
  readonly ending: BuildEnding;
}

/** What `build-finished` says. */
export interface BuildEnding {
  readonly result: Result;
  readonly reason?: Reason;
  readonly message?: string;
}

/** Why a build is ended before its plan is. */
export type BuildStop =
  | { readonly why: 'cancelled'; readonly reason: Reason; readonly message: string }
  /** No master has heard of this worker for too long, and the builder wants its commands ended then. */
  | { readonly why: 'silence'; readonly message: string }
  | { readonly why: 'shutdown'; readonly message: string };

export type BuildInput =
  | { readonly type: 'step-ended'; readonly outcome: StepOutcome }
  | { readonly type: 'stop'; readonly stop: BuildStop }
  | { readonly type: 'fenced' };

export type BuildEffect =
  | { readonly do: 'run-step'; readonly step: number }
  | { readonly do: 'skip-step'; readonly step: number }
  | { readonly do: 'stop-step'; readonly stop: BuildStop }
  /** End the step's tree, and write nothing more. */
  | { readonly do: 'abandon-step' }
  | { readonly do: 'finish'; readonly ending: BuildEnding }
  | { readonly do: 'let-go' };

export interface BuildStep {
  readonly state: BuildState;
  readonly effects: readonly BuildEffect[];
}

/** What the transitions need to know of a plan: for each step, whether it runs also after a failure. */
export type PlannedAlways = readonly { readonly always: boolean }[];

export function beginBuild(steps: PlannedAlways): BuildStep {
  return goOn(steps, 0, { result: 'success' });
}

export function onBuildInput(steps: PlannedAlways, state: BuildState, input: BuildInput): BuildStep {
  switch (state.phase) {
    case 'running':
      return whileRunning(steps, state, input);
    case 'stopping':
      return whileStopping(steps, state, input);
    case 'leaving':
      return input.type === 'step-ended'
        ? { state: { phase: 'gone' }, effects: [{ do: 'let-go' }] }
        : { state, effects: [] };
    case 'over':
      return input.type === 'fenced'
        ? { state: { phase: 'gone' }, effects: [{ do: 'let-go' }] }
        : { state, effects: [] };
    case 'gone':
      return { state, effects: [] };
    default:
      return unreachable(state);
  }
}

function whileRunning(steps: PlannedAlways, state: Progress, input: BuildInput): BuildStep {
  switch (input.type) {
    case 'step-ended':
      return goOn(steps, state.step + 1, worse(state.ending, input.outcome));
    case 'stop':
      return {
        state: { phase: 'stopping', step: state.step, stop: input.stop },
        effects: [{ do: 'stop-step', stop: input.stop }],
      };
    case 'fenced':
      return { state: { phase: 'leaving', step: state.step }, effects: [{ do: 'abandon-step' }] };
    default:
      return unreachable(input);
  }
}

function whileStopping(
  steps: PlannedAlways,
  state: Extract<BuildState, { phase: 'stopping' }>,
  input: BuildInput,
): BuildStep {
  switch (input.type) {
    case 'step-ended':
      return {
        state: { phase: 'over' },
        effects: [
          ...skipped(steps, state.step + 1, steps.length),
          { do: 'finish', ending: endingOf(state.stop) },
        ],
      };
    case 'fenced':
      return { state: { phase: 'leaving', step: state.step }, effects: [{ do: 'abandon-step' }] };
    case 'stop':
      return { state, effects: [] };
    default:
      return unreachable(input);
  }
}

/** What a stop makes of the build, and of the step that it ended. */
export function endingOf(stop: BuildStop): Required<BuildEnding> {
  switch (stop.why) {
    case 'cancelled':
      return { result: 'cancelled', reason: stop.reason, message: stop.message };
    case 'silence':
      return { result: 'exception', reason: 'silence-stopped', message: stop.message };
    case 'shutdown':
      return { result: 'exception', reason: 'slot-lost', message: stop.message };
    default:
      return unreachable(stop);
  }
}

function goOn(steps: PlannedAlways, from: number, ending: BuildEnding): BuildStep {
  const failed = ending.result !== 'success' && ending.result !== 'warnings';
  const next = steps.findIndex((step, index) => index >= from && (!failed || step.always));
  if (next === -1)
    return {
      state: { phase: 'over' },
      effects: [...skipped(steps, from, steps.length), { do: 'finish', ending }],
    };
  return {
    state: { phase: 'running', step: next, ending },
    effects: [...skipped(steps, from, next), { do: 'run-step', step: next }],
  };
}

function skipped(steps: PlannedAlways, from: number, to: number): readonly BuildEffect[] {
  return steps.slice(from, to).map((_, index) => ({ do: 'skip-step', step: from + index }));
}

/** The first of the worst: a step that was skipped says nothing. */
function worse(ending: BuildEnding, outcome: StepOutcome): BuildEnding {
  if (worst(ending.result, outcome.result) === ending.result) return ending;
  const { result, reason, message } = outcome;
  return {
    result,
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
  };
}
