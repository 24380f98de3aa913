import Type from 'typebox';
import {
  Id,
  Name,
  nullable,
  Properties,
  PropertyValueSchema,
  ReasonSchema,
  ResultSchema,
  Time,
} from './common.ts';

export const Build = Type.Object({
  id: Id,
  builder: Name,
  number: Type.Integer({ minimum: 1 }),
  request: Id,
  fence: Type.Integer(),
  state: Type.Enum(['running', 'finished']),
  result: nullable(ResultSchema),
  reason: nullable(ReasonSchema),
  message: nullable(Type.String()),
  worker: Name,
  slot: Type.Integer(),
  repository: nullable(Type.String()),
  branch: nullable(Type.String()),
  revision: nullable(Type.String()),
  generation: Type.String(),
  startedAt: Time,
  finishedAt: nullable(Time),
  /** Somebody asked that it be cancelled and the worker has not yet said that it is. */
  cancelling: Type.Boolean(),
  /** The worker has not been heard of for some time. */
  silent: Type.Boolean(),
});
export type Build = Type.Static<typeof Build>;

export const Log = Type.Object({
  id: Id,
  name: Name,
  stream: Type.Enum(['combined', 'stdout', 'stderr', 'header']),
  state: Type.Enum(['open', 'closed']),
  lines: Type.Integer(),
  bytes: Type.Integer(),
});
export type Log = Type.Static<typeof Log>;

export const Step = Type.Object({
  index: Type.Integer(),
  name: Name,
  kind: Type.String(),
  state: Type.Enum(['pending', 'running', 'finished']),
  result: nullable(ResultSchema),
  reason: nullable(ReasonSchema),
  message: nullable(Type.String()),
  exitCode: nullable(Type.Integer()),
  signal: nullable(Type.String()),
  startedAt: nullable(Time),
  finishedAt: nullable(Time),
  logs: Type.Array(Log),
});
export type Step = Type.Static<typeof Step>;

export const BuildProperty = Type.Object({ name: Name, value: PropertyValueSchema, source: Name });
export type BuildProperty = Type.Static<typeof BuildProperty>;

/** `GET /builds/{id}`: the build with what a page about it needs at once. */
export const BuildDetail = Type.Object({
  ...Build.properties,
  steps: Type.Array(Step),
  properties: Type.Array(BuildProperty),
  buildset: Type.Object({ id: Id, reason: Type.String(), scheduler: nullable(Name) }),
  /** Other builds of the same request, oldest first. */
  attempts: Type.Array(
    Type.Object({
      id: Id,
      number: Type.Integer(),
      result: nullable(ResultSchema),
      reason: nullable(ReasonSchema),
    }),
  ),
  /** The message and author of the revision, where a change told it. */
  change: nullable(Type.Object({ id: Id, author: Type.String(), message: Type.String(), committedAt: Time })),
});
export type BuildDetail = Type.Static<typeof BuildDetail>;

/** `POST /builders/{name}/force`. Without `revision` the branch's head is taken now and pinned. */
export const Force = Type.Object({
  branch: Type.Optional(Type.String({ minLength: 1, maxLength: 1000 })),
  revision: Type.Optional(Type.String({ minLength: 4, maxLength: 1000 })),
  properties: Type.Optional(Properties),
  priority: Type.Optional(Type.Integer({ minimum: -1000, maximum: 1000 })),
  reason: Type.Optional(Type.String({ maxLength: 1000 })),
});
export type Force = Type.Static<typeof Force>;

export const Forced = Type.Object({
  buildset: Id,
  requests: Type.Array(Id),
  revision: nullable(Type.String()),
});
export type Forced = Type.Static<typeof Forced>;

export const Cancel = Type.Object({ message: Type.Optional(Type.String({ maxLength: 1000 })) });
export type Cancel = Type.Static<typeof Cancel>;
