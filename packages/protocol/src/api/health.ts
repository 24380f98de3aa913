import Type from 'typebox';

export const Health = Type.Object(
  { status: Type.Enum(['ok', 'not-ready'], { type: 'string' }), message: Type.String() },
  { title: 'Health', description: 'Whether this process can do its work' },
);
export type Health = Type.Static<typeof Health>;
