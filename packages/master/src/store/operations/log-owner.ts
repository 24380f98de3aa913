import type { Plan } from '@millrace/protocol/plan';
import { query, row } from '../operation.ts';
import type { Work } from '../operation.ts';

/** Whose a log is. */
export interface LogOwner {
  readonly builder: string;
  /** Its step's: who has no token does not see it. */
  readonly isPrivate: boolean;
}

/** Undefined: there is no such log. A build without its plan keeps its logs to itself. */
export const readLogOwner = query('logs.owner', function* (_tx, input: { readonly log: number }): Work<
  LogOwner | undefined
> {
  const found = yield* row<{ builder: string; step: number; plan: string | null }>(
    `select b.builder, l.step, p.plan from logs l join builds b on b.id = l.build
     left join plans p on p.hash = b.plan where l.id = ?`,
    input.log,
  );
  if (!found) return undefined;
  const step = found.plan === null ? undefined : (JSON.parse(found.plan) as Plan).steps[found.step];
  return { builder: found.builder, isPrivate: step === undefined || step.visibility === 'private' };
});
