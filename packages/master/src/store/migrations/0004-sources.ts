/** Where changes come from: the page of a change, and how each repository was found when it was looked at. */
export const sources = `
alter table changes add column link text;

create table repositories (
  name text primary key,
  -- What was watched at the last look that went well, as JSON; null: nothing yet.
  watched text,
  -- The last look, and the last that went well.
  looked_at {int},
  read_at {int},
  -- Looks since then that went wrong.
  failures {int} not null default 0,
  trouble text,
  message text,
  trouble_since {int},
  -- Somebody asked that it be looked at.
  nudged_at {int} not null default 0
);
`;
