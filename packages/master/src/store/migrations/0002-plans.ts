/** What steps do besides running a command: tries, warnings, links; and the machine that a build ran on. */
export const plans = `
alter table steps add column warnings {int} not null default 0;
-- How many tries have ended before the one that runs, or was the last.
alter table steps add column tries {int} not null default 0;
-- The command line, its folder and the names in its environment; JSON.
alter table steps add column command text;

-- Each try of a step but the last, whose end is the step's own.
create table step_tries (
  build {int} not null,
  step {int} not null,
  try {int} not null,
  result text not null, reason text, message text,
  exit_code {int}, signal text,
  ended_at {int} not null,
  next_in_ms {int} not null,
  primary key (build, step, try)
);

create table links (
  build {int} not null, step {int} not null, label text not null, url text not null,
  primary key (build, step, label)
);

-- Bytes of the values that its steps have set.
alter table builds add column property_bytes {int} not null default 0;

-- What a worker told about its machine, once for each text of it; builds name it by its hash.
create table worker_facts (hash text primary key, facts text not null);
alter table builds add column facts text;
`;
