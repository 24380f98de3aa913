import Type from 'typebox';

/** `POST /requests/{id}/priority` */
export const SetPriority = Type.Object(
  {
    priority: Type.Integer({ minimum: -1000, maximum: 1000, description: 'Higher goes first' }),
    message: Type.Optional(
      Type.String({ maxLength: 1000, description: 'Why, for whoever looks at it later' }),
    ),
  },
  { title: 'SetPriority', description: 'Before which others it goes', additionalProperties: false },
);
export type SetPriority = Type.Static<typeof SetPriority>;
