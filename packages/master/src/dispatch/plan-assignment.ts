import type { Plan } from '@millrace/protocol/plan';
import type { BuilderConfig, Planner } from '../config/config.ts';
import type { FreeSlot } from '../model/choose.ts';
import type { Assignment } from '../store/operations/claim.ts';
import type { Asked } from '../store/operations/dispatch.ts';
import { planToKeep } from '../store/operations/plan-to-keep.ts';

/** What a build does, wherever it goes. */
export interface PlannedWork {
  readonly plan: Plan;
  /** What its claim says of that. */
  readonly claim: Omit<Assignment, 'request' | 'worker' | 'session' | 'slot'>;
}

/** The same, and where it goes; whose request it is for is said by who claims it. */
export interface PlannedPlace {
  readonly plan: Plan;
  readonly claim: Omit<Assignment, 'request'>;
}

type Planned<Made> =
  | ({ readonly kind: 'planned' } & Made)
  | { readonly kind: 'failed'; readonly message: string };

/** Makes the plan of a build, of its builder and of what was asked for. */
export async function planWork(
  planner: Planner,
  builder: BuilderConfig,
  { source, changedFiles, properties }: Asked,
): Promise<Planned<{ readonly work: PlannedWork }>> {
  const made = await planner.plan({
    builder: builder.name,
    source,
    changedFiles,
    properties: { ...builder.properties, ...properties },
  });
  if (made.kind === 'failed') return { kind: 'failed', message: made.message };
  const { plan, hash: planHash, generation } = made;
  const { retriesMax, retryBackoffFirstMs: retryFirstMs } = builder;
  const claim = { plan: planToKeep(plan), planHash, generation, retriesMax, retryFirstMs };
  return { kind: 'planned', work: { plan, claim } };
}

/** The same, for a slot. */
export async function planAssignment(
  planner: Planner,
  builder: BuilderConfig,
  asked: Asked,
  slot: FreeSlot,
): Promise<Planned<{ readonly place: PlannedPlace }>> {
  const planned = await planWork(planner, builder, asked);
  return planned.kind === 'failed' ? planned : { kind: 'planned', place: placeOf(planned.work, slot) };
}

export function placeOf({ plan, claim }: PlannedWork, { worker, session, slot }: FreeSlot): PlannedPlace {
  return { plan, claim: { ...claim, worker, session, slot } };
}
