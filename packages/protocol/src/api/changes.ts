import Type from 'typebox';
import { Id, Name, nullable, Time } from './common.ts';

export const Change = Type.Object(
  {
    id: Id,
    repository: Name,
    branch: Type.String(),
    revision: Type.String(),
    author: Type.String(),
    message: Type.String(),
    committedAt: Time,
    seenAt: Time,
    files: Type.Array(Type.String()),
    link: nullable(Type.String({ description: 'A page about it' })),
  },
  { title: 'Change', description: 'One commit, or push, seen in a repository' },
);
export type Change = Type.Static<typeof Change>;

/** `POST /changes`. Repeating it is harmless: a change is known by repository, branch and revision. */
export const NewChange = Type.Object(
  {
    repository: Name,
    branch: Type.String({
      minLength: 1,
      maxLength: 1000,
      pattern: '^[^\\u0000]*$',
      description: 'Or a tag as `refs/tags/NAME`',
    }),
    revision: Type.String({
      pattern: '^[0-9a-f]{40}([0-9a-f]{24})?$',
      description: 'Absolute: 40 or 64 hex digits',
    }),
    author: Type.Optional(Type.String({ maxLength: 1000 })),
    message: Type.Optional(Type.String({ maxLength: 100_000 })),
    committedAt: Type.Optional(Time),
    files: Type.Optional(Type.Array(Type.String({ maxLength: 4096 }), { maxItems: 10_000 })),
    link: Type.Optional(
      Type.String({
        maxLength: 2000,
        pattern: '^https?://[^\\s\\u0000-\\u001f]+$',
        description: 'A page about it: https or http',
      }),
    ),
  },
  { title: 'NewChange', description: 'A commit that somebody saw', additionalProperties: false },
);
export type NewChange = Type.Static<typeof NewChange>;
