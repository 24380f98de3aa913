import { unreachable } from '@millrace/kernel/assert';
import type { Condition } from '@millrace/protocol/condition';
import type { Result } from '@millrace/protocol/result';
import { worst } from '@millrace/protocol/result';
import { commandOf } from './commands.ts';
import { linkBase } from './simulated-plan.ts';
import type { Scenario, ScenarioBuilder } from './scenario.ts';
import { stepName } from './step-shapes.ts';
import type { StepShape } from './step-shapes.ts';

/** What must be recorded of a build that nothing from outside has ended. */
interface ExpectedBuild {
  readonly result: Result;
  readonly steps: readonly ExpectedStep[];
  /** Those that its steps set. */
  readonly properties: ReadonlyMap<string, string>;
}

interface ExpectedStep {
  readonly result: Result;
  /** How often it ran. */
  readonly tries: number;
  readonly links: readonly string[];
}

/** Goes through the steps as their shapes say, with the exit codes of the commands: a few lines beside the slot's many. */
export function expectedBuild(scenario: Scenario, builder: ScenarioBuilder, build: number): ExpectedBuild {
  const steps: ExpectedStep[] = [];
  const properties = new Map<string, string>();
  let result: Result = 'success';
  let stopped = false;
  for (const [index, shape] of builder.steps.entries()) {
    const step = expectedStep(scenario, build, index, shape, { steps, properties, stopped });
    steps.push(step);
    if (step.result === 'failure' && shape.kind === 'command') {
      if (shape.onFailure === 'stop') stopped = true;
      result = worst(result, shape.onFailure === 'warn' ? 'warnings' : 'failure');
    } else result = worst(result, step.result);
  }
  return { result, steps, properties };
}

interface Before {
  readonly steps: readonly ExpectedStep[];
  readonly properties: Map<string, string>;
  readonly stopped: boolean;
}

const skipped: ExpectedStep = { result: 'skipped', tries: 0, links: [] };
const done: ExpectedStep = { result: 'success', tries: 1, links: [] };

function expectedStep(
  scenario: Scenario,
  build: number,
  index: number,
  shape: StepShape,
  before: Before,
): ExpectedStep {
  const always = shape.kind === 'command' && shape.always;
  if (before.stopped && !always) return skipped;
  switch (shape.kind) {
    case 'set-property':
      before.properties.set('flag', shape.value);
      return done;
    case 'link': {
      const flag = before.properties.get('flag');
      return flag === undefined ? skipped : { ...done, links: [linkBase + flag] };
    }
    case 'command': {
      if (shape.when !== undefined && !holds(shape.when, before)) return skipped;
      for (let attempt = 1; ; attempt++) {
        const { exitCode, value } = commandOf(scenario, build, index, attempt);
        const result = exitCode === 0 ? 'success' : shape.warnOn.includes(exitCode) ? 'warnings' : 'failure';
        if (result === 'failure' && attempt < shape.tries) continue;
        if (result !== 'failure' && shape.captures) before.properties.set(`value-${index}`, value);
        return { result, tries: attempt, links: [] };
      }
    }
    default:
      return unreachable(shape);
  }
}

/** The few kinds of condition that shapes have. */
function holds(condition: Condition, before: Before): boolean {
  if (condition.kind === 'not') return !holds(condition.of, before);
  if (condition.kind === 'any') return condition.of.some((one) => holds(one, before));
  if (condition.kind === 'value') return before.properties.get('flag') === 'on';
  const named = before.steps.findIndex(
    (_, index) => condition.kind === 'result' && stepName(index) === condition.step,
  );
  const result = before.steps[named]?.result;
  return condition.kind === 'result' && result !== undefined && condition.in.includes(result);
}
