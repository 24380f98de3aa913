import type { PlannedSetProperty } from '@millrace/protocol/plan';
import type { RunStep } from './step.ts';
import { render } from './template.ts';

/** Sets a property of the build to a value that is known now. */
export const runSetProperty: RunStep<PlannedSetProperty> = async (step, context) => {
  const { value } = step;
  const known = 'constant' in value ? value.constant : render(value.template, context.properties);
  return context.setProperty(step.property, known) ?? { result: 'success' };
};
