import type { Build, BuildDetail, BuildProperty } from '@millrace/protocol/api/builds';
import type { PropertyValue } from '@millrace/protocol/property';
import type { Reason, Result } from '@millrace/protocol/result';
import { query, row, rows } from '../operation.ts';
import type { Work } from '../operation.ts';
import { joinSubject, subjectColumn, subjectOf } from './change-subject.ts';
import { inOrder, newestFirst } from './list-order.ts';
import type { ListOrder } from './list-order.ts';
import { stepsOf } from './read-steps.ts';
import { equals, oneOf, where } from './where.ts';

/** What is absent does not narrow. */
export interface BuildFilter {
  readonly builder?: string | undefined;
  /** Of one of these. */
  readonly builders?: readonly string[] | undefined;
  readonly number?: number | undefined;
  readonly request?: number | undefined;
  readonly states?: readonly Build['state'][] | undefined;
  readonly results?: readonly Result[] | undefined;
  readonly worker?: string | undefined;
  readonly branch?: string | undefined;
  readonly revision?: string | undefined;
}

interface BuildRow {
  id: number;
  builder: string;
  number: number;
  request: number;
  fence: number;
  state: Build['state'];
  result: Result | null;
  reason: Reason | null;
  message: string | null;
  worker: string;
  slot: number;
  repository: string | null;
  branch: string | null;
  revision: string | null;
  generation: string;
  started_at: number;
  finished_at: number | null;
  cancel_reason: string | null;
  silent: number | null;
  subject: string | null;
}

const selectBuild = `select b.id, b.builder, b.number, b.request, b.fence, b.state, b.result, b.reason, b.message,
  b.worker, b.slot, b.repository, b.branch, b.revision, b.generation, b.started_at, b.finished_at,
  b.cancel_reason, w.silent, ${subjectColumn}
  from builds b left join workers w on w.name = b.worker ${joinSubject('b')}`;

/** Field by field: spreading a row of the driver's makes an object that is slow to read, at every row of a list. */
function buildOf(found: BuildRow): Build {
  const running = found.state === 'running';
  return {
    id: found.id,
    builder: found.builder,
    number: found.number,
    request: found.request,
    fence: found.fence,
    state: found.state,
    result: found.result,
    reason: found.reason,
    message: found.message,
    worker: found.worker,
    slot: found.slot,
    repository: found.repository,
    branch: found.branch,
    revision: found.revision,
    generation: found.generation,
    startedAt: found.started_at,
    finishedAt: found.finished_at,
    cancelling: running && found.cancel_reason !== null,
    silent: running && found.silent === 1,
    subject: subjectOf(found.subject),
  };
}

/** What a list of builds may be ordered by; by its end: those that have one. */
export const buildOrders = ['id', 'startedAt', 'finishedAt'] as const;
export type BuildOrder = (typeof buildOrders)[number];

const orderColumns = { id: 'b.id', startedAt: 'b.started_at', finishedAt: 'b.finished_at' } as const;

/** Newest first, or as asked. */
export const listBuilds = query(
  'builds.list',
  function* (
    _tx,
    input: {
      readonly filter: BuildFilter;
      readonly order?: ListOrder<BuildOrder>;
      readonly limit: number;
    },
  ): Work<readonly Build[]> {
    const { filter } = input;
    const order = inOrder(orderColumns, input.order ?? newestFirst);
    const { text, values } = where(
      equals('b.builder', filter.builder),
      oneOf('b.builder', filter.builders),
      equals('b.number', filter.number),
      equals('b.request', filter.request),
      oneOf('b.state', filter.states),
      oneOf('b.result', filter.results),
      equals('b.worker', filter.worker),
      equals('b.branch', filter.branch),
      equals('b.revision', filter.revision),
      ...order.conditions,
    );
    const found = yield* rows<BuildRow>(
      `${selectBuild} ${text} order by ${order.text} limit ?`,
      ...values,
      input.limit,
    );
    return found.map(buildOf);
  },
);

/** The newest build of a builder. */
export function* lastBuildOf(builder: string): Work<Build | null> {
  const found = yield* row<BuildRow>(
    `${selectBuild} where b.builder = ? order by b.id desc limit 1`,
    builder,
  );
  return found ? buildOf(found) : null;
}

export const readBuild = query('builds.read', function* (_tx, input: { readonly build: number }): Work<
  Build | undefined
> {
  const found = yield* row<BuildRow>(`${selectBuild} where b.id = ?`, input.build);
  return found && buildOf(found);
});

export const readBuildDetail = query(
  'builds.detail',
  function* (_tx, input: { readonly build: number }): Work<BuildDetail | undefined> {
    const found = yield* row<BuildRow>(`${selectBuild} where b.id = ?`, input.build);
    if (!found) return undefined;
    const buildset = yield* row<BuildDetail['buildset']>(
      `select s.id, s.reason, s.scheduler from requests r join buildsets s on s.id = r.buildset where r.id = ?`,
      found.request,
    );
    const attempts = yield* rows<BuildDetail['attempts'][number]>(
      'select id, number, result, reason from builds where request = ? order by fence',
      found.request,
    );
    return {
      ...buildOf(found),
      steps: [...((yield* stepsOf(input.build)) ?? [])],
      properties: yield* propertiesOf(input.build),
      buildset: buildset ?? { id: 0, reason: '', scheduler: null },
      attempts: [...attempts],
      change: yield* changeOf(found),
      workerFacts: yield* workerFactsOf(input.build),
    };
  },
);

function* propertiesOf(build: number): Work<BuildProperty[]> {
  const found = yield* rows<{ name: string; value: string; source: string }>(
    'select name, value, source from properties where build = ? order by name',
    build,
  );
  return found.map(({ name, value, source }) => ({
    name,
    value: JSON.parse(value) as PropertyValue,
    source,
  }));
}

function* workerFactsOf(build: number): Work<BuildDetail['workerFacts']> {
  const found = yield* row<{ facts: string }>(
    'select f.facts from builds b join worker_facts f on f.hash = b.facts where b.id = ?',
    build,
  );
  return found ? (JSON.parse(found.facts) as BuildDetail['workerFacts']) : null;
}

function* changeOf(build: BuildRow): Work<BuildDetail['change']> {
  const change = yield* row<{
    id: number;
    author: string;
    message: string;
    committed_at: number;
    link: string | null;
  }>(
    'select id, author, message, committed_at, link from changes where repository = ? and branch = ? and revision = ?',
    build.repository,
    build.branch,
    build.revision,
  );
  if (!change) return null;
  const { committed_at: committedAt, ...rest } = change;
  return { ...rest, committedAt };
}
