import type { Log, Step } from '@millrace/protocol/api/builds';
import type { Plan } from '@millrace/protocol/plan';
import type { Reason, Result } from '@millrace/protocol/result';
import { query, row, rows } from '../operation.ts';
import type { Work } from '../operation.ts';

interface StepRow {
  step: number;
  name: string;
  state: 'running' | 'finished';
  result: Result | null;
  reason: Reason | null;
  message: string | null;
  exit_code: number | null;
  signal: string | null;
  started_at: number;
  finished_at: number | null;
}

/** What happened, merged with what the plan says is still to come; undefined: there is no such build. */
export const readSteps = query('builds.steps', function* (_tx, input: { readonly build: number }): Work<
  readonly Step[] | undefined
> {
  return yield* stepsOf(input.build);
});

export function* stepsOf(build: number): Work<readonly Step[] | undefined> {
  const found = yield* row<{ state: string; plan: string | null }>(
    'select b.state, p.plan from builds b left join plans p on p.hash = b.plan where b.id = ?',
    build,
  );
  if (!found) return undefined;
  const planned = found.plan === null ? [] : (JSON.parse(found.plan) as Plan).steps;
  const begun = yield* rows<StepRow>(
    `select step, name, state, result, reason, message, exit_code, signal, started_at, finished_at
     from steps where build = ? order by step`,
    build,
  );
  const logs = yield* rows<Log & { step: number }>(
    'select step, id, name, stream, state, lines, bytes from logs where build = ? order by log',
    build,
  );
  const byIndex = new Map(begun.map((step) => [step.step, step]));
  return planned.map(({ name, kind }, index): Step => {
    const step = byIndex.get(index);
    const ofStep = logs.filter((log) => log.step === index).map(logOf);
    return step ? begunStep(step, kind, ofStep) : notBegun({ index, name, kind }, found.state === 'finished');
  });
}

function logOf({ id, name, stream, state, lines, bytes }: Log): Log {
  return { id, name, stream, state, lines, bytes };
}

function begunStep(found: StepRow, kind: string, logs: Log[]): Step {
  const { step, exit_code: exitCode, started_at: startedAt, finished_at: finishedAt, ...rest } = found;
  return { index: step, kind, ...rest, exitCode, startedAt, finishedAt, logs };
}

/** A build that ended before a step's turn came has skipped it. */
function notBegun(step: Pick<Step, 'index' | 'name' | 'kind'>, buildEnded: boolean): Step {
  return {
    ...step,
    state: buildEnded ? 'finished' : 'pending',
    result: buildEnded ? 'skipped' : null,
    reason: null,
    message: null,
    exitCode: null,
    signal: null,
    startedAt: null,
    finishedAt: null,
    logs: [],
  };
}
