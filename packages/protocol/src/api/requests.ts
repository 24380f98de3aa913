import Type from 'typebox';
import { Id, Name, nullable, ReasonSchema, ResultSchema, Time } from './common.ts';

export const Request = Type.Object({
  id: Id,
  buildset: Id,
  builder: Name,
  state: Type.Enum(['pending', 'claimed', 'finished']),
  priority: Type.Integer(),
  createdAt: Time,
  notBefore: Time,
  /** Why it waits, as a sentence; null once it does not. */
  waitsFor: nullable(Type.String()),
  retries: Type.Integer(),
  /** The newest build of it. */
  build: nullable(Id),
  result: nullable(ResultSchema),
  reason: nullable(ReasonSchema),
  finishedAt: nullable(Time),
  repository: nullable(Type.String()),
  branch: nullable(Type.String()),
  revision: nullable(Type.String()),
  buildsetReason: Type.String(),
});
export type Request = Type.Static<typeof Request>;
