import type { BuilderConfig, Planner } from '../config/config.ts';
import type { FreeSlot } from '../model/choose.ts';
import type { Assignment } from '../store/operations/claim.ts';
import type { Asked } from '../store/operations/dispatch.ts';

/** Where a build goes, and what it does; whose request it is for is said by who claims it. */
export type PlannedPlace = Omit<Assignment, 'request'>;

type Planned =
  | { readonly kind: 'planned'; readonly place: PlannedPlace }
  | { readonly kind: 'failed'; readonly message: string };

/** Makes the plan of a build for a slot, of its builder and of what was asked for. */
export async function planAssignment(
  planner: Planner,
  builder: BuilderConfig,
  { source, changedFiles, properties }: Asked,
  slot: FreeSlot,
): Promise<Planned> {
  const made = await planner.plan({
    builder: builder.name,
    source,
    changedFiles,
    properties: { ...builder.properties, ...properties },
  });
  if (made.kind === 'failed') return { kind: 'failed', message: made.message };
  const { plan, hash: planHash, generation } = made;
  const { retriesMax, retryBackoffFirstMs: retryFirstMs } = builder;
  return { kind: 'planned', place: { ...slot, plan, planHash, generation, retriesMax, retryFirstMs } };
}
