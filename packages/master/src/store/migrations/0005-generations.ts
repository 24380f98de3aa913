/** The versions of the config that have been in force, and what a reload must know of those who are not in it. */
export const generations = `
create table generations (
  id {id},
  master text not null,
  generation text not null,
  -- What was in force until then; null: nothing that is known.
  previous text,
  how text not null,
  by_whom text,
  entered_at {int} not null,
  counts text not null,
  diff text not null,
  -- What it said, for the comparison at the next start; only the newest of each master keeps it.
  config text
);
create index generations_master on generations (master, id);

-- Since when it is in no config; null: it is in force.
alter table schedulers add column left_at {int};
-- Its entry in the last config that had it, so that builds which still run there can be recorded; JSON.
alter table workers add column former text;
-- The lostAfterMs of its plan: its worker goes by it, whatever the config says by now.
alter table builds add column lost_after_ms {int};
`;
