/**
 * The first schema. `{id}` is a key that the store gives out, `{int}` a whole number of 53 bits (times are
 * milliseconds since 1970), `{bytes}` a blob; JSON is text on both stores, booleans are 0 and 1.
 */
export const spine = `
create table if not exists meta (key text primary key, value text not null);

create table events (
  seq {id},
  {xid}
  at {int} not null,
  type text not null,
  builder text, build {int}, request {int}, buildset {int}, worker text,
  data text not null
);
create index events_build on events (build, seq);

create table masters (
  name text primary key,
  incarnation text not null,
  started_at {int} not null,
  seen_at {int} not null,
  stopped_at {int}
);

-- One row: since when, without a break, some master has listened, and until when that is known.
create table listening (id {int} primary key, since {int} not null, until {int} not null);

create table leases (
  name text primary key,
  holder text not null,
  fence {int} not null,
  expires_at {int} not null
);

create table workers (
  name text primary key,
  spool text,
  slots {int} not null default 0,
  facts text,
  -- The connection that may speak for it: a new hello takes the next session.
  session {int} not null default 0,
  master text,
  connected {int} not null default 0,
  heard_at {int},
  silent {int} not null default 0,
  accepts {int} not null default 1,
  message text
);

create table changes (
  id {id},
  repository text not null,
  branch text not null,
  revision text not null,
  author text not null,
  message text not null,
  committed_at {int} not null,
  seen_at {int} not null,
  files text not null,
  unique (repository, branch, revision)
);

-- What a poller saw last.
create table branch_heads (
  repository text not null,
  branch text not null,
  revision text not null,
  seen_at {int} not null,
  primary key (repository, branch)
);

create table schedulers (
  name text primary key,
  -- The last change that it has decided about.
  cursor {int} not null,
  state text not null
);

create table buildsets (
  id {id},
  scheduler text,
  reason text not null,
  repository text, branch text, revision text,
  properties text not null,
  created_at {int} not null
);

create table requests (
  id {id},
  buildset {int} not null,
  builder text not null,
  state text not null,
  priority {int} not null,
  created_at {int} not null,
  not_before {int} not null,
  -- Grows with each claim; a build carries the one of its claim.
  fence {int} not null default 0,
  retries {int} not null default 0,
  build {int},
  result text, reason text,
  finished_at {int}
);
create index requests_waiting on requests (state, builder, priority desc, id);
create index requests_later on requests (not_before) where state = 'pending';
create index requests_buildset on requests (buildset);

create table plans (hash text primary key, plan text not null);

create table builder_numbers (builder text primary key, last {int} not null);

create table builds (
  id {id},
  builder text not null,
  number {int} not null,
  request {int} not null,
  fence {int} not null,
  worker text not null,
  slot {int} not null,
  plan text not null,
  generation text not null,
  on_silence text not null,
  retries_max {int} not null,
  retry_first_ms {int} not null,
  state text not null,
  result text, reason text, message text,
  repository text, branch text, revision text,
  started_at {int} not null,
  finished_at {int},
  -- Set with a cancel that the worker has still to carry out.
  cancel_reason text, cancel_message text,
  -- 1: when it ends cancelled, its request waits again.
  requeue {int} not null default 0,
  -- What has been applied of its journal.
  seq {int} not null, hash text not null, byte {int} not null,
  last_step {int} not null default -1,
  -- By the journal; a build that was given up for lost keeps it, so that it can be adopted.
  open_step {int},
  log_bytes {int} not null default 0,
  logs {int} not null default 0,
  property_records {int} not null default 0,
  -- 1: its journal has come to its end, whoever ended the build.
  journal_ended {int} not null default 0,
  unique (builder, number),
  unique (request, fence)
);
create unique index builds_slot on builds (worker, slot) where state = 'running';
create index builds_builder on builds (builder, id);
create index builds_state on builds (state, id);
create index builds_started on builds (started_at);
create index builds_request on builds (request);
-- What lists of builds are narrowed by.
create index builds_worker on builds (worker, id);
create index builds_branch on builds (branch, id);
create index builds_revision on builds (revision, id);
create index builds_result on builds (result, id);

create table properties (
  build {int} not null, name text not null, value text not null, source text not null,
  primary key (build, name)
);

create table steps (
  build {int} not null,
  step {int} not null,
  name text not null,
  state text not null,
  result text, reason text, message text,
  exit_code {int}, signal text,
  started_at {int} not null,
  finished_at {int},
  stopped_ms {int} not null default 0,
  log_bytes_max {int} not null default 0,
  primary key (build, step)
);

create table logs (
  id {id},
  build {int} not null,
  step {int} not null,
  log {int} not null,
  name text not null,
  stream text not null,
  lines {int} not null default 0,
  bytes {int} not null default 0,
  chunks {int} not null default 0,
  stored_bytes {int} not null default 0,
  gap_bytes {int} not null default 0,
  state text not null,
  -- 1: the journal itself has closed it, at these lines and bytes; 0 and closed: its build ended under it.
  complete {int} not null default 0,
  merged {int} not null default 0,
  unique (build, log)
);
create index logs_unmerged on logs (id) where state = 'closed' and merged = 0;

-- segment is null for a gap: output that was not kept.
create table chunks (
  log {int} not null,
  first_byte {int} not null,
  bytes {int} not null,
  first_line {int} not null,
  lines {int} not null,
  at {int} not null,
  segment {int}, place {int}, stored_bytes {int} not null,
  primary key (log, first_byte)
) {rowless};
create index chunks_line on chunks (log, first_line, first_byte);
create index chunks_gap on chunks (log, first_byte) where segment is null;

-- Answers to calls that named an idempotency key.
create table idempotency (
  key text primary key,
  call text not null,
  answer text not null,
  at {int} not null
);

-- How far each segment of kept bytes is indexed: recovery cuts what lies beyond.
create table segments (id {id}, bytes {int} not null, opened_at {int} not null, sealed {int} not null default 0);

create table kept_bytes (id {id}, data {bytes} not null);
`;
