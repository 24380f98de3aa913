import type { Fact } from '@millrace/protocol/journal/record';
import type { PlannedStep } from '@millrace/protocol/plan';
import { propertyBounds, propertyBytes } from '@millrace/protocol/property';
import { inOpenStep, no, over } from './apply-outcome.ts';
import type { Outcome, Refusal } from './apply-outcome.ts';
import type { JournalState, OpenStep, PlannedSteps } from './journal-state.ts';

type FactOf<Kind extends Fact['kind']> = Extract<Fact, { kind: Kind }>;

/*
 * Steps come in the plan's order, one at a time; some may be left out, and one that is left out may be told as
 * finished with `skipped` without having started. What a step tells beside its output is what the plan says of it:
 * its tries, the properties that it sets, its link, its warnings.
 */

export function startStep(
  state: JournalState,
  plan: PlannedSteps,
  step: number,
  at: number,
): Outcome | Refusal {
  if (state.openStep) return no(`step ${state.openStep.step} has not finished`);
  if (step <= state.lastStep) return no(`step ${step} was begun before`);
  const planned = plan.steps[step];
  if (!planned) return no(`the plan has no step ${step}`);
  const { name, logBytesMax } = planned;
  return {
    state: { ...state, lastStep: step, openStep: { step, name, logBytesMax, tries: 0, logs: [] } },
    changes: [{ kind: 'start-step', step, name, logBytesMax, at }],
  };
}

export function finishStep(
  state: JournalState,
  plan: PlannedSteps,
  fact: FactOf<'step-finished'>,
  at: number,
): Outcome | Refusal {
  const leftOut = !state.openStep && fact.result === 'skipped' && fact.step > state.lastStep;
  const name = leftOut ? plan.steps[fact.step]?.name : state.openStep?.name;
  if (name === undefined || (!leftOut && state.openStep?.step !== fact.step))
    return no(`step ${fact.step} does not run`);
  if (fact.warnings !== undefined && !countsWarnings(plan.steps[fact.step]))
    return no(`step ${fact.step} looks for no warnings`);
  const open = state.openStep?.logs.find((log) => !log.closed);
  if (open) return no(`log ${open.log} of step ${fact.step} is still open`);
  return {
    state: { ...state, lastStep: fact.step, openStep: null },
    changes: [
      {
        kind: 'finish-step',
        step: fact.step,
        name,
        started: !leftOut,
        result: fact.result,
        reason: fact.reason ?? null,
        message: fact.message ?? null,
        exitCode: fact.exitCode ?? null,
        signal: fact.signal ?? null,
        limit: fact.limit ?? null,
        warnings: fact.warnings ?? 0,
        at,
      },
    ],
  };
}

export function startCommand(
  state: JournalState,
  plan: PlannedSteps,
  fact: FactOf<'command-started'>,
): Outcome | Refusal {
  return inOpenStep(state, fact.step, () => {
    if (plan.steps[fact.step]?.kind !== 'sh') return no(`step ${fact.step} runs no command`);
    const { step, command, folder, environment } = fact;
    return { state, changes: [{ kind: 'tell-command', step, command: { command, folder, environment } }] };
  });
}

export function endTry(
  state: JournalState,
  plan: PlannedSteps,
  fact: FactOf<'try-ended'>,
  at: number,
): Outcome | Refusal {
  return inOpenStep(state, fact.step, (open) => {
    const tries = plan.steps[fact.step]?.retry?.tries ?? 1;
    if (fact.try !== open.tries + 1) return no(`try ${open.tries + 1} comes next, not ${fact.try}`);
    if (fact.try >= tries) return no(`step ${fact.step} is tried ${tries} times at most`);
    const unclosed = open.logs.find((log) => !log.closed);
    if (unclosed) return no(`log ${unclosed.log} of this try is still open`);
    const ended = {
      result: fact.result,
      reason: fact.reason ?? null,
      message: fact.message ?? null,
      exitCode: fact.exitCode ?? null,
      signal: fact.signal ?? null,
    };
    return {
      state: withStep(state, { ...open, tries: fact.try }),
      changes: [
        {
          kind: 'end-try',
          step: fact.step,
          try: fact.try,
          ...ended,
          nextInMs: Math.round(fact.nextInMs),
          at,
        },
      ],
    };
  });
}

export function setProperty(
  state: JournalState,
  plan: PlannedSteps,
  fact: FactOf<'property-set'>,
): Outcome | Refusal {
  return inOpenStep(state, fact.step, (open) => {
    const { name, value } = fact;
    if (!propertiesSetBy(plan.steps[fact.step]).includes(name))
      return no(`step ${fact.step} sets no property "${name}"`);
    const bytes = propertyBytes(value);
    if (bytes > propertyBounds.valueBytes)
      return over(`a property has at most ${propertyBounds.valueBytes} bytes`);
    const propertyRecords = state.propertyRecords + 1;
    const allBytes = state.propertyBytes + bytes;
    if (propertyRecords > propertyBounds.sets)
      return over(`the steps of a build set properties at most ${propertyBounds.sets} times`);
    if (allBytes > propertyBounds.bytes)
      return over(`the steps of a build set properties of at most ${propertyBounds.bytes} bytes`);
    return {
      state: { ...state, propertyRecords, propertyBytes: allBytes },
      changes: [{ kind: 'set-property', step: fact.step, name, value, source: open.name }],
    };
  });
}

export function addLink(
  state: JournalState,
  plan: PlannedSteps,
  fact: FactOf<'link-added'>,
): Outcome | Refusal {
  return inOpenStep(state, fact.step, () => {
    const planned = plan.steps[fact.step];
    const { step, url } = fact;
    if (planned?.kind !== 'link') return no(`step ${step} adds no link`);
    // Whoever looks at the build follows it: nothing but these may stand there.
    if (!/^https?:\/\/./.test(url) || !URL.canParse(url)) return no('its link is no http or https address');
    return { state, changes: [{ kind: 'add-link', step, label: planned.label, url }] };
  });
}

function countsWarnings(step: PlannedStep | undefined): boolean {
  return step?.kind === 'sh' && (step.warnings?.patterns.length ?? 0) > 0;
}

function propertiesSetBy(step: PlannedStep | undefined): readonly string[] {
  if (step?.kind === 'set-property') return [step.property];
  return step?.kind === 'sh' ? (step.captures ?? []).map(({ property }) => property) : [];
}

function withStep(state: JournalState, openStep: OpenStep): JournalState {
  return { ...state, openStep };
}
