/**
 * When the next request that waits for a time may go is asked in each round of the dispatcher. SQLite took the other
 * index for that, whose first column is the state too, and read every request that waits: 25 ms with 100,000 of them.
 */
export const requestsLater = `
drop index requests_later;
create index requests_later on requests (state, not_before) where state = 'pending';
`;
