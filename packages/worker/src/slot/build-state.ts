import { unreachable } from '@millrace/kernel/assert';
import type { PlannedStep } from '@millrace/protocol/plan';
import type { Reason, Result } from '@millrace/protocol/result';
import { worst } from '@millrace/protocol/result';
import type { StepOutcome } from '../steps/step.ts';

/*
 * The life of one build in its slot.
 *
 * Steps run in the plan's order, one at a time (`running`). After one that stops the build (it failed, unless its plan
 * says otherwise), only those run that are planned for `always`; of these, and of all before, only those whose
 * condition holds. The others are told as skipped, with why. The build's result is the worst of its steps', with that
 * step's reason.
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

interface Progress extends SoFar {
  readonly step: number;
}

/** What the steps that have ended make of the build. */
export interface SoFar {
  /** As it would end now. */
  readonly ending: BuildEnding;
  /** Why only what always runs is run from now on, in a sentence; undefined: nothing has stopped the build. */
  readonly stoppedBy: string | undefined;
  /** Of each step that has ended, by its index. */
  readonly results: readonly Result[];
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
  /** `message`: why, for people. */
  | { readonly do: 'skip-step'; readonly step: number; readonly message: string }
  | { readonly do: 'stop-step'; readonly stop: BuildStop }
  /** End the step's tree, and write nothing more. */
  | { readonly do: 'abandon-step' }
  | { readonly do: 'finish'; readonly ending: BuildEnding }
  | { readonly do: 'let-go' };

export interface BuildStep {
  readonly state: BuildState;
  readonly effects: readonly BuildEffect[];
}

/** What the transitions need to know of a plan. */
export interface PlannedLife {
  readonly steps: readonly Pick<PlannedStep, 'name' | 'always' | 'onFailure'>[];
  /** Why a step whose turn it is does not run, in a sentence, as its condition says; undefined: it runs. */
  readonly whyNot: (step: number, soFar: SoFar) => string | undefined;
}

const nothingYet: SoFar = { ending: { result: 'success' }, stoppedBy: undefined, results: [] };

export function beginBuild(life: PlannedLife): BuildStep {
  return goOn(life, 0, nothingYet);
}

/** A build that cannot begin: none of its steps runs. */
export function endAtOnce({ steps }: PlannedLife, ending: BuildEnding): BuildStep {
  return {
    state: { phase: 'over' },
    effects: [...skipRest(steps.length, 0, 'The build could not begin.'), { do: 'finish', ending }],
  };
}

export function onBuildInput(life: PlannedLife, state: BuildState, input: BuildInput): BuildStep {
  switch (state.phase) {
    case 'running':
      return whileRunning(life, state, input);
    case 'stopping':
      return whileStopping(life, state, input);
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

function whileRunning(life: PlannedLife, state: Progress, input: BuildInput): BuildStep {
  switch (input.type) {
    case 'step-ended':
      return goOn(life, state.step + 1, after(life, state, input.outcome));
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
  { steps }: PlannedLife,
  state: Extract<BuildState, { phase: 'stopping' }>,
  input: BuildInput,
): BuildStep {
  switch (input.type) {
    case 'step-ended':
      return {
        state: { phase: 'over' },
        effects: [
          ...skipRest(steps.length, state.step + 1, 'The build was ended before its turn.'),
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

/** Skips what does not run from `from` on, and runs the first that does, or ends the build. */
function goOn(life: PlannedLife, from: number, start: SoFar): BuildStep {
  const effects: BuildEffect[] = [];
  let soFar = start;
  for (const [step, { always }] of life.steps.entries()) {
    if (step < from) continue;
    const message = (always ? undefined : soFar.stoppedBy) ?? life.whyNot(step, soFar);
    if (message === undefined)
      return {
        state: { phase: 'running', step, ...soFar },
        effects: [...effects, { do: 'run-step', step }],
      };
    effects.push({ do: 'skip-step', step, message });
    soFar = { ...soFar, results: [...soFar.results, 'skipped'] };
  }
  return { state: { phase: 'over' }, effects: [...effects, { do: 'finish', ending: soFar.ending }] };
}

function skipRest(steps: number, from: number, message: string): readonly BuildEffect[] {
  return Array.from({ length: steps - from }, (_, index) => ({
    do: 'skip-step',
    step: from + index,
    message,
  }));
}

/** What the end of the running step makes of the build. */
function after(
  life: PlannedLife,
  { step, ending, stoppedBy, results }: Progress,
  outcome: StepOutcome,
): SoFar {
  const { name, onFailure = 'stop' } = life.steps[step] ?? { name: '' };
  const { result } = outcome;
  const counts: StepOutcome = result === 'failure' && onFailure === 'warn' ? { result: 'warnings' } : outcome;
  const stops =
    result === 'exception' || result === 'cancelled' || (result === 'failure' && onFailure === 'stop');
  return {
    ending: worse(ending, counts),
    stoppedBy: stoppedBy ?? (stops ? `The step "${name}" ended as ${result}.` : undefined),
    results: [...results, result],
  };
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
