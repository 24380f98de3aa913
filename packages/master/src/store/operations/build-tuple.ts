import type { Build } from '@millrace/protocol/api/builds';
import type { Reason, Result } from '@millrace/protocol/result';
import { subjectOf, subjectOfBuild } from './change-subject.ts';

/** A row of {@link buildColumns}. */
export type BuildTuple = readonly [
  id: number,
  builder: string,
  number: number,
  state: Build['state'],
  result: Result | null,
  startedAt: number,
  finishedAt: number | null,
  request: number,
  fence: number,
  reason: Reason | null,
  message: string | null,
  worker: string,
  slot: number,
  repository: string | null,
  branch: string | null,
  revision: string | null,
  generation: string,
  cancelReason: string | null,
  silent: number | null,
  subject: string | null,
];

/** Of builds, called `b`. Only of a build that runs it is asked whether its worker is silent. */
export const buildColumns = `b.id, b.builder, b.number, b.state, b.result, b.started_at, b.finished_at, b.request, b.fence,
  b.reason, b.message, b.worker, b.slot, b.repository, b.branch, b.revision, b.generation, b.cancel_reason,
  case when b.state = 'running' then (select w.silent from workers w where w.name = b.worker) end, ${subjectOfBuild}`;

export function buildOf(row: BuildTuple): Build {
  const running = row[3] === 'running';
  return {
    id: row[0],
    builder: row[1],
    number: row[2],
    request: row[7],
    fence: row[8],
    state: row[3],
    result: row[4],
    reason: row[9],
    message: row[10],
    worker: row[11],
    slot: row[12],
    repository: row[13],
    branch: row[14],
    revision: row[15],
    generation: row[16],
    startedAt: row[5],
    finishedAt: row[6],
    cancelling: running && row[17] !== null,
    silent: running && row[18] === 1,
    subject: subjectOf(row[19]),
  };
}

/** What a picture of many builds is drawn of: whose, when and how. It is read without a look at any other table. */
export const briefFields = ['id', 'builder', 'number', 'state', 'result', 'startedAt', 'finishedAt'] as const;
export type BriefBuild = Pick<Build, (typeof briefFields)[number]>;

/** A row of {@link briefColumns}. */
export type BriefTuple = readonly [
  id: number,
  builder: string,
  number: number,
  state: Build['state'],
  result: Result | null,
  startedAt: number,
  finishedAt: number | null,
];
export const briefColumns = 'b.id, b.builder, b.number, b.state, b.result, b.started_at, b.finished_at';

export function briefOf(row: BriefTuple): BriefBuild {
  return {
    id: row[0],
    builder: row[1],
    number: row[2],
    state: row[3],
    result: row[4],
    startedAt: row[5],
    finishedAt: row[6],
  };
}
