import type { FieldChange, PlanChange, StepChange } from '@millrace/protocol/api/configs';
import type { Plan, PlannedStep } from '@millrace/protocol/plan';
import { canonicalJson } from '../canonical-json.ts';
import type { Planned } from '../config.ts';
import { diffFields } from './diff-fields.ts';
import { shownValue } from './shown-value.ts';

/** What a builder's plan for a sample source was, and is; null where both do the same. */
export function diffPlans(before: Planned, after: Planned): PlanChange | null {
  if (after.kind === 'failed') return { ...empty(null), failure: after.message };
  if (before.kind === 'failed')
    return { ...empty(after.plan), failure: `There was no plan before: ${before.message}` };
  if (before.hash === after.hash) return null;
  const steps = diffSteps(before.plan.steps, after.plan.steps);
  const fields = [
    ...diffFields(ownFields(before.plan), ownFields(after.plan)),
    ...diffOrder(before.plan, after.plan),
  ];
  if (steps.length + fields.length === 0) return null;
  return { ...empty(after.plan), fields, steps };
}

function empty(plan: Plan | null): PlanChange {
  return { branch: plan?.source?.branch ?? null, fields: [], steps: [], failure: null };
}

/** What the plan says besides its steps, but for what the config itself says in the same words. */
function ownFields(plan: Plan): Readonly<Record<string, unknown>> {
  const { version, source, properties, steps, onSilence, lostAfterMs, ...own } = plan;
  void [version, source, properties, steps, onSilence, lostAfterMs];
  return own;
}

function diffSteps(before: readonly PlannedStep[], after: readonly PlannedStep[]): StepChange[] {
  const changes: StepChange[] = [];
  const pairs = paired(before, after);
  const kept = new Set(pairs.values());
  for (const step of after) {
    const was = pairs.get(step);
    if (was === undefined) changes.push({ name: step.name, kind: 'added', fields: [] });
    else {
      const fields = diffFields(was, step);
      if (fields.length > 0) changes.push({ name: step.name, kind: 'changed', fields });
    }
  }
  for (const step of before)
    if (!kept.has(step)) changes.push({ name: step.name, kind: 'removed', fields: [] });
  return changes;
}

/**
 * Each step with the one that it was: of the same name, or, where neither has another of its name, the one in the
 * same place that does the same kind of thing.
 */
function paired(
  before: readonly PlannedStep[],
  after: readonly PlannedStep[],
): ReadonlyMap<PlannedStep, PlannedStep> {
  const named = new Map(before.map((step) => [step.name, step]));
  const stays = new Set(after.map(({ name }) => name));
  const pairs = new Map<PlannedStep, PlannedStep>();
  for (const [index, step] of after.entries()) {
    const there = before[index];
    const same = named.get(step.name);
    if (same !== undefined) pairs.set(step, same);
    else if (
      before.length === after.length &&
      there !== undefined &&
      there.kind === step.kind &&
      !stays.has(there.name)
    )
      pairs.set(step, there);
  }
  return pairs;
}

function diffOrder(before: Plan, after: Plan): FieldChange[] {
  const names = (plan: Plan, other: Plan): readonly string[] =>
    plan.steps.map(({ name }) => name).filter((name) => other.steps.some((one) => one.name === name));
  const was = names(before, after);
  const is = names(after, before);
  if (canonicalJson(was) === canonicalJson(is)) return [];
  return [{ path: 'order', before: shownValue('order', was), after: shownValue('order', is) }];
}
