import type { Plan, PlannedSource, PlannedStep } from '@millrace/protocol/plan';
import { UsageError } from '../client/usage-error.ts';

/** What a person wants of a plan. */
export interface PlanChoice {
  /** Where the source is, in place of what the plan says; undefined: as it says. */
  readonly source: { readonly url: string; readonly revision: string } | undefined;
  /** Only these steps, by name; undefined: all. Checkouts come with them. */
  readonly only?: readonly string[];
  /** From this step on. Checkouts come with it. */
  readonly from?: string;
  /** Up to this step, by its index: those after it only where they always run. */
  readonly until?: number;
  /** The steps run where the source lies: nothing is checked out. */
  readonly inPlace?: boolean;
}

/**
 * What of a plan is run here: the steps that were chosen, with the source from where it is. The steps stay what they
 * are, but a checkout keeps ignored files where steps before the chosen ones have made them.
 * @throws UsageError for a step that there is not, and for a plan that cannot run in place.
 */
export function planHere(plan: Plan, choice: PlanChoice): Plan {
  const chosen = chosenSteps(plan.steps, choice);
  const steps = choice.inPlace === true ? inPlace(chosen) : chosen;
  if (steps.length === 0) throw new UsageError('nothing is left to run: every step of it is a checkout.');
  const { source: planned, secrets: _wanted, ...rest } = plan;
  const source = sourceOf(planned, choice);
  const secrets = secretsOf(plan, steps, source);
  return {
    ...rest,
    ...(source === undefined ? {} : { source }),
    ...(secrets.length === 0 ? {} : { secrets }),
    steps,
    // Nobody is to be heard of.
    onSilence: 'wait',
  };
}

function chosenSteps(steps: readonly PlannedStep[], choice: PlanChoice): readonly PlannedStep[] {
  const { only, from, until } = choice;
  for (const name of [...(only ?? []), ...(from === undefined ? [] : [from])])
    if (!steps.some((step) => step.name === name)) throw unknownStep(name, steps);
  const first = from === undefined ? 0 : steps.findIndex((step) => step.name === from);
  const partly = only !== undefined || first > 0;
  return steps
    .filter((step, index) => {
      if (step.kind === 'checkout') return until === undefined || index <= until;
      if (only !== undefined && !only.includes(step.name)) return false;
      return index >= first && (until === undefined || index <= until);
    })
    .map((step) => (partly && step.kind === 'checkout' ? keepingIgnored(step) : step));
}

function keepingIgnored(step: Extract<PlannedStep, { kind: 'checkout' }>): PlannedStep {
  return step.mode === 'incremental' ? step : { ...step, mode: 'clean' };
}

function inPlace(steps: readonly PlannedStep[]): readonly PlannedStep[] {
  const elsewhere = steps.find((step) => step.kind === 'checkout' && !['', '.'].includes(step.folder));
  if (elsewhere !== undefined)
    throw new UsageError(
      `--in-place: the step "${elsewhere.name}" checks out into a folder below, so the steps would not find the source here. Run it without --in-place.`,
    );
  return steps.filter(({ kind }) => kind !== 'checkout');
}

function sourceOf(planned: PlannedSource | undefined, choice: PlanChoice): PlannedSource | undefined {
  if (planned === undefined || choice.source === undefined) return planned;
  // What lets a worker into the repository is not needed for one that lies here.
  const { credentials: _credentials, ...rest } = planned;
  return { ...rest, ...choice.source };
}

/** Of the secrets that the plan names, those that the rest of it still uses. */
function secretsOf(
  plan: Plan,
  steps: readonly PlannedStep[],
  source: PlannedSource | undefined,
): readonly string[] {
  const environments = [plan.env, ...steps.map(({ env }) => env)];
  const used = new Set(
    environments.flatMap((env) =>
      Object.values(env).flatMap((text) =>
        typeof text === 'string'
          ? []
          : text.flatMap((part) => (typeof part === 'object' && 'secret' in part ? part.secret : [])),
      ),
    ),
  );
  if (source?.credentials !== undefined && steps.some(({ kind }) => kind === 'checkout'))
    used.add(source.credentials.secret);
  return [...used].sort();
}

function unknownStep(name: string, steps: readonly PlannedStep[]): UsageError {
  const names = steps.map((step) => JSON.stringify(step.name)).join(', ');
  return new UsageError(`there is no step ${JSON.stringify(name)}; the steps are ${names}.`);
}
