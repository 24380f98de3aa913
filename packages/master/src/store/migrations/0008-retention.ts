/** What has been removed because it was too old, and what finds it without looking at everything. */
export const retention = `
-- 1: the bytes of its logs have been removed, or are about to be.
alter table builds add column logs_expired {int} not null default 0;
create index builds_with_logs on builds (builder, id) where logs_expired = 0;
create index builds_plan on builds (plan);

-- When its bytes were removed, and why, in words.
alter table logs add column expired_at {int};
alter table logs add column expired_because text;
-- 1: its chunks are gone too.
alter table logs add column swept {int} not null default 0;
create index logs_unswept on logs (id) where expired_at is not null and swept = 0;

-- Bytes that no chunk points at any more. A segment goes when they are all it has.
alter table segments add column dead_bytes {int} not null default 0;
update segments set dead_bytes = bytes - coalesce((
  select live from (select segment, sum(stored_bytes) as live from chunks where segment is not null group by segment) as alive
  where alive.segment = segments.id), 0);

-- One row: events up to this place are gone.
create table event_horizon (id {int} primary key, xid {int} not null, seq {int} not null, at {int} not null);

-- Requests that ended before anything was built.
create index requests_unbuilt on requests (builder, id) where state = 'finished' and build is null;
create index idempotency_at on idempotency (at);
`;
