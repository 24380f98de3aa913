import Type from 'typebox';

/** `{id}` of an address. */
export const idParams = Type.Object({
  id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: 'Its number' }),
});

/** `{name}` of an address. */
export const nameParams = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 200, description: 'Its name in the config' }),
});

/** A body that says nothing. */
export const emptyBody = Type.Object(
  {},
  { title: 'Nothing', description: 'No field is known here', additionalProperties: false },
);
