import type { Log, Step } from '@millrace/protocol/api/builds';
import type { Plan } from '@millrace/protocol/plan';
import type { Reason, Result } from '@millrace/protocol/result';
import { query, row, rows } from '../operation.ts';
import type { Work } from '../operation.ts';
import { expiredOf } from './read-logs.ts';
import type { ExpiredColumns } from './read-logs.ts';

interface LogRow extends Omit<Log, 'expired'>, ExpiredColumns {
  step: number;
}

interface StepRow {
  step: number;
  name: string;
  state: 'running' | 'finished';
  result: Result | null;
  reason: Reason | null;
  message: string | null;
  exit_code: number | null;
  signal: string | null;
  warnings: number;
  command: string | null;
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
    `select step, name, state, result, reason, message, exit_code, signal, warnings, command, started_at, finished_at
     from steps where build = ? order by step`,
    build,
  );
  const logs = yield* rows<LogRow>(
    'select step, id, name, stream, state, lines, bytes, expired_at, expired_because from logs where build = ? order by log',
    build,
  );
  const tries = yield* triesOf(build);
  const links = yield* rows<Step['links'][number] & { step: number }>(
    'select step, label, url from links where build = ? order by step, label',
    build,
  );
  const byIndex = new Map(begun.map((step) => [step.step, step]));
  return planned.map(({ name, kind, visibility }, index): Step => {
    const step = byIndex.get(index);
    const ofStep = logs.filter((log) => log.step === index).map(logOf);
    const told = {
      logs: ofStep,
      tries: tries.filter((one) => one.step === index).map(tryOf),
      links: links.filter((one) => one.step === index).map(({ label, url }) => ({ label, url })),
    };
    const shown = step
      ? begunStep(step, kind, told)
      : notBegun({ index, name, kind }, found.state === 'finished');
    return { ...shown, ...(visibility && { visibility }) };
  });
}

function logOf(found: LogRow): Log {
  const { id, name, stream, state, lines, bytes } = found;
  return { id, name, stream, state, lines, bytes, expired: expiredOf(found) };
}

interface TryRow {
  step: number;
  try: number;
  result: Result;
  reason: Reason | null;
  message: string | null;
  exit_code: number | null;
  signal: string | null;
  ended_at: number;
  next_in_ms: number;
}

function* triesOf(build: number): Work<readonly TryRow[]> {
  return yield* rows<TryRow>(
    `select step, try, result, reason, message, exit_code, signal, ended_at, next_in_ms
     from step_tries where build = ? order by step, try`,
    build,
  );
}

function tryOf(found: TryRow): Step['tries'][number] {
  const { result, reason, message, signal } = found;
  return {
    try: found.try,
    result,
    reason,
    message,
    exitCode: found.exit_code,
    signal,
    endedAt: found.ended_at,
    nextInMs: found.next_in_ms,
  };
}

function begunStep(found: StepRow, kind: string, told: Pick<Step, 'logs' | 'tries' | 'links'>): Step {
  const { step, exit_code: exitCode, started_at: startedAt, finished_at: finishedAt, ...rest } = found;
  const command = found.command === null ? null : (JSON.parse(found.command) as Step['command']);
  return { index: step, kind, ...rest, exitCode, startedAt, finishedAt, command, ...told };
}

/** A build that ended before a step's turn came has skipped it. */
function notBegun(step: Pick<Step, 'index' | 'name' | 'kind'>, buildEnded: boolean): Step {
  return {
    ...step,
    state: buildEnded ? 'finished' : 'pending',
    result: buildEnded ? 'skipped' : null,
    reason: null,
    message: buildEnded ? 'The build ended before its turn.' : null,
    exitCode: null,
    signal: null,
    warnings: 0,
    tries: [],
    command: null,
    links: [],
    startedAt: null,
    finishedAt: null,
    logs: [],
  };
}
