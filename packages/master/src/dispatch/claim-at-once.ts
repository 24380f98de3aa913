import { byName } from '../config/by-name.ts';
import type { Planner } from '../config/config.ts';
import type { ChangingConfig } from '../config/config-in-force.ts';
import { choose } from '../model/choose.ts';
import type { Claimed } from '../store/operations/claim.ts';
import type { Asked } from '../store/operations/dispatch.ts';
import { freeSlotsOf } from '../store/operations/free-slots-of.ts';
import type { Store } from '../store/store.ts';
import { planAssignment } from './plan-assignment.ts';
import type { PlannedPlace } from './plan-assignment.ts';

/** A build that a person or a program asks for now. */
export type AskedNow = Omit<Asked, 'changedFiles'> & { readonly builder: string };

/** Adds the request, and claims it for a place in the same commit. */
export type AddClaimed<Answer> = (
  place: PlannedPlace['claim'],
) => Promise<Answer & { readonly claimed: Claimed | null }>;

/** Begins what is asked for with the commit that makes its request: docs/decisions/0083-asked-and-claimed-in-one-commit.md. */
export interface ClaimsAtOnce {
  /**
   * Where a slot is free and nobody waits for it, `add` is called with it, and what it claimed is given out. Undefined
   * otherwise, and `add` was not called: the request has to wait its turn.
   */
  atOnce<Answer>(asked: AskedNow, add: AddClaimed<Answer>): Promise<Answer | undefined>;
}

/** Of more workers than these a slot is looked for when the request has its turn: a look at one costs two statements. */
const workersMax = 32;

export interface PlaceParts {
  readonly master: string;
  readonly store: Store;
  readonly config: ChangingConfig;
  readonly planner: Planner;
}

/** A free slot with the plan of what is asked for. Undefined: none is free, or no plan can be made. */
export async function placeFor(
  asked: AskedNow,
  { master, store, config, planner }: PlaceParts,
): Promise<PlannedPlace | undefined> {
  const inForce = config.get();
  const builder = byName(inForce.builders, asked.builder);
  if (builder === undefined || builder.workers.length > workersMax) return undefined;
  const { name, workers, trust } = builder;
  const { source, properties } = asked;
  const { slots, changedFiles } = await store.do(freeSlotsOf, { master, workers, source });
  const request = { id: 0, builder: name, priority: 0, avoid: null };
  const [choice] = choose([request], slots, () => ({ workers, trust }));
  if (choice === undefined) return undefined;
  const made = await planAssignment(planner, builder, { source, properties, changedFiles }, choice.slot);
  // Why no plan can be made is told when the request has its turn.
  return made.kind === 'failed' || config.get() !== inForce ? undefined : made.place;
}
