/** Workers and schedulers that somebody has stopped for a while, and what lists are ordered by. */
export const holds = `
-- paused, draining or drained; null: it takes builds.
alter table workers add column held text;
alter table workers add column held_reason text;
alter table workers add column held_by text;
alter table workers add column held_at {int};

-- Null: it decides.
alter table schedulers add column held_reason text;
alter table schedulers add column held_by text;
alter table schedulers add column held_at {int};

-- What lists are ordered by.
create index builds_finished on builds (finished_at, id) where finished_at is not null;
create index changes_committed on changes (committed_at, id);
create index buildsets_scheduler on buildsets (scheduler, id);
`;
