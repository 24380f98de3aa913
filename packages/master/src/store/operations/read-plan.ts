import type { Plan } from '@millrace/protocol/plan';
import { query, row } from '../operation.ts';
import type { Work } from '../operation.ts';

/** A build's plan as it was stored with the claim. */
export interface StoredPlan {
  readonly builder: string;
  readonly number: number;
  readonly generation: string;
  readonly hash: string;
  /** Undefined where it has been removed. */
  readonly plan: Plan | undefined;
}

export const readPlan = query('builds.plan', function* (_tx, input: { readonly build: number }): Work<
  StoredPlan | undefined
> {
  const found = yield* row<{
    builder: string;
    number: number;
    generation: string;
    hash: string;
    plan: string | null;
  }>(
    `select b.builder, b.number, b.generation, b.plan as hash, p.plan
     from builds b left join plans p on p.hash = b.plan where b.id = ?`,
    input.build,
  );
  if (!found) return undefined;
  const { builder, number, generation, hash, plan } = found;
  return {
    builder,
    number,
    generation,
    hash,
    plan: plan === null ? undefined : (JSON.parse(plan) as Plan),
  };
});
