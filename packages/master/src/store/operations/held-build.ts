import type { HoldState } from '@millrace/protocol/api/holds';
import { tuples } from '../operation.ts';
import type { Transaction, Work } from '../operation.ts';
import type { EndingBuild } from './end-build.ts';

/** The row of a build whose journal comes, with its worker's session, and what its request says of its end. */
export interface HeldBuild extends EndingBuild {
  readonly id: number;
  readonly fence: number;
  readonly plan_hash: string;
  readonly state: 'running' | 'finished';
  readonly started_at: number;
  readonly seq: number;
  readonly hash: string;
  readonly byte: number;
  readonly last_step: number;
  readonly open_step: number | null;
  readonly log_bytes: number;
  readonly logs: number;
  readonly property_records: number;
  readonly property_bytes: number;
  readonly journal_ended: number;
  readonly session: number;
  /** Of its worker, whose row is locked with the build's. */
  readonly held: HoldState | null;
}

type HeldTuple = readonly [
  id: number,
  builder: string,
  request: number,
  worker: string,
  fence: number,
  plan: string,
  state: HeldBuild['state'],
  startedAt: number,
  seq: number,
  hash: string,
  byte: number,
  lastStep: number,
  openStep: number | null,
  logBytes: number,
  logs: number,
  propertyRecords: number,
  propertyBytes: number,
  journalEnded: number,
  retriesMax: number,
  retryFirstMs: number,
  cancelReason: string | null,
  requeue: number,
  session: number,
  held: HoldState | null,
  buildset: number,
  retries: number,
];

/** Undefined: there is no such build. Each operation on a journal begins with it: as an array it takes half the time. */
export function* loadHeld(tx: Transaction, build: number): Work<HeldBuild | undefined> {
  const [held] = yield* tuples<HeldTuple>(
    `select b.id, b.builder, b.request, b.worker, b.fence, b.plan, b.state, b.started_at, b.seq, b.hash,
       b.byte, b.last_step, b.open_step, b.log_bytes, b.logs, b.property_records, b.property_bytes, b.journal_ended,
       b.retries_max, b.retry_first_ms, b.cancel_reason, b.requeue, w.session, w.held, r.buildset, r.retries
     from builds b join workers w on w.name = b.worker join requests r on r.id = b.request
     where b.id = ?${tx.dialect === 'postgres' ? ' for update of b, w' : ''}`,
    build,
  );
  return held && heldOf(held);
}

function heldOf(row: HeldTuple): HeldBuild {
  return {
    id: row[0],
    builder: row[1],
    request: row[2],
    worker: row[3],
    fence: row[4],
    plan_hash: row[5],
    state: row[6],
    started_at: row[7],
    seq: row[8],
    hash: row[9],
    byte: row[10],
    last_step: row[11],
    open_step: row[12],
    log_bytes: row[13],
    logs: row[14],
    property_records: row[15],
    property_bytes: row[16],
    journal_ended: row[17],
    retries_max: row[18],
    retry_first_ms: row[19],
    cancel_reason: row[20],
    requeue: row[21],
    session: row[22],
    held: row[23],
    buildset: row[24],
    retries: row[25],
  };
}
