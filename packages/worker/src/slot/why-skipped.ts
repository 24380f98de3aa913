import { unreachable } from '@millrace/kernel/assert';
import type { RunOrder } from '@millrace/protocol/agent/messages';
import type { ConditionValue } from '@millrace/protocol/condition';
import type { PropertyValue } from '@millrace/protocol/property';
import { evaluateCondition } from '../steps/evaluate-condition.ts';
import type { Properties } from '../steps/template.ts';
import type { SoFar } from './build-state.ts';

/** All that a condition can ask of. */
export interface BuildScene {
  readonly order: Pick<RunOrder, 'plan' | 'facts'>;
  readonly worker: string;
  /** As they are now. */
  readonly properties: Properties;
  readonly soFar: SoFar;
}

/** Why a step whose turn it is does not run; undefined: it has no condition, or it holds, or nobody can know. */
export function whyStepIsSkipped(scene: BuildScene, step: number): string | undefined {
  const { plan } = scene.order;
  const condition = plan.steps[step]?.when;
  if (condition === undefined) return undefined;
  const { holds, why } = evaluateCondition(condition, {
    value: (of) => valueOf(scene, of),
    result: (name) => {
      if (name === null) return scene.soFar.ending.result;
      return scene.soFar.results[plan.steps.findIndex((one) => one.name === name)];
    },
    changedFiles: plan.changedFiles,
  });
  return holds === false ? why : undefined;
}

function valueOf({ order, worker, properties }: BuildScene, of: ConditionValue): PropertyValue | undefined {
  switch (of.kind) {
    case 'property':
      return own(properties, of.name);
    case 'fact':
      return of.name === 'worker' ? worker : order.facts?.[of.name];
    case 'tool':
      return own(order.facts?.tools ?? {}, of.name);
    default:
      return unreachable(of);
  }
}

function own<Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
