/** How busy each master was, and when its event loop stood still. */
export const load = `
-- One row a minute, for a year. figures: numbers and shares, as JSON (operations/load.ts).
create table load_minutes (
  master text not null,
  minute {int} not null,
  figures text not null,
  primary key (master, minute)
) {rowless};

create table stalls (
  id {id},
  master text not null,
  at {int} not null,
  ms {int} not null,
  room text not null,
  told text not null
);
create index stalls_master on stalls (master, id);
`;
