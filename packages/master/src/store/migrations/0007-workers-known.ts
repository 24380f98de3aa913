/** What is known of a worker besides its machine: whom it may build for, how its clock stands, who else took its name. */
export const workersKnown = `
-- By the config of the master that it is connected to: a claim is for builders of the same level alone.
alter table workers add column trust text not null default 'default';
-- How far its clock is ahead of its master's; null: it has not said.
alter table workers add column clock_offset_ms {int};
-- The last other machine that came under its name, and when that was told.
alter table workers add column twin_spool text;
alter table workers add column twin_at {int};
`;
