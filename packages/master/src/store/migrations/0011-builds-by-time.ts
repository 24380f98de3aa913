/** The builds of one builder in a span of time, however many it had before. */
export const buildsByTime = `
create index builds_builder_started on builds (builder, started_at);
`;
