import Type from 'typebox';

/** The header with which a browser, or a program like one, goes on with a stream that was cut. */
export const lastEventIdHeaders = Type.Object({
  'last-event-id': Type.Optional(
    Type.String({
      maxLength: 1000,
      description: 'The `id` of the last event that was received; goes before the query',
    }),
  ),
});
