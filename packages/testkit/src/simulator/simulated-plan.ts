import type { PlanInput } from '@millrace/master/config/config';
import { unreachable } from '@millrace/kernel/assert';
import type { Plan, PlannedStep } from '@millrace/protocol/plan';
import type { ScenarioBuilder } from './scenario.ts';
import { stepName } from './step-shapes.ts';
import type { StepShape } from './step-shapes.ts';

/** Where the links of steps lead. */
export const linkBase = 'https://pages.example.org/';

/** The plan of a build, as a config would make it. */
export function simulatedPlan(builder: ScenarioBuilder, input: PlanInput, lostAfterMs: number): Plan {
  const { source, properties } = input;
  return {
    version: 1,
    ...(source ? { source: { ...source, url: '/nowhere' } } : {}),
    properties,
    env: {},
    steps: builder.steps.map((shape, index) => plannedStep(builder, shape, index)),
    onSilence: builder.onSilence,
    lostAfterMs,
  };
}

function plannedStep(builder: ScenarioBuilder, shape: StepShape, index: number): PlannedStep {
  const base = {
    name: stepName(index),
    limits: {},
    killGraceMs: 1_000,
    logBytesMax: builder.logBytesMax,
    env: {},
    always: false,
  };
  switch (shape.kind) {
    case 'set-property':
      return { ...base, kind: 'set-property', property: 'flag', value: { constant: shape.value } };
    case 'link':
      // Without the property it cannot be made, which is an exception of the plan: so only where it is set.
      return {
        ...base,
        kind: 'link',
        label: 'Page',
        url: [linkBase, { property: 'flag' }],
        when: { kind: 'value', of: { kind: 'property', name: 'flag' }, test: { kind: 'set' } },
      };
    case 'command':
      return {
        ...base,
        kind: 'sh',
        command: { args: ['simulated', String(index)] },
        folder: '.',
        separateStreams: builder.separateStreams,
        always: shape.always,
        onFailure: shape.onFailure,
        ...(shape.when !== undefined && { when: shape.when }),
        ...(shape.tries > 1 && {
          retry: { tries: shape.tries, backoffMs: 400, results: ['failure'] },
        }),
        ...(shape.warnOn.length > 0 && { warnings: { exitCodes: shape.warnOn, patterns: [] } }),
        ...(shape.captures && {
          captures: [
            { property: `value-${index}`, pattern: { source: '^value ([0-9.]+)$', ignoreCase: false } },
          ],
        }),
      };
    default:
      return unreachable(shape);
  }
}
