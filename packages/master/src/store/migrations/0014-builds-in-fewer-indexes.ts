/**
 * A build is in fewer indexes, each of which is a tree more to write to when it begins, and two when its end changes
 * the column: `unique (request, fence)` serves for those of a request, and nobody looks for builds that have no
 * result, no branch, no revision, or have ended.
 */
export const buildsInFewerIndexes = `
drop index builds_request;
drop index builds_state;
create index builds_running on builds (state, id) where state = 'running';
drop index builds_result;
create index builds_result on builds (result, id) where result is not null;
drop index builds_branch;
create index builds_branch on builds (branch, id) where branch is not null;
drop index builds_revision;
create index builds_revision on builds (revision, id) where revision is not null;
`;
