import Type from 'typebox';
import { Id, Name, nullable, Time } from './common.ts';

export const Worker = Type.Object({
  name: Name,
  connected: Type.Boolean(),
  master: nullable(Name),
  /** Unheard of for longer than `lostAfterMs` while a master listened. */
  silent: Type.Boolean(),
  accepts: Type.Boolean(),
  /** Why it takes no builds. */
  message: nullable(Type.String()),
  slots: Type.Integer(),
  builds: Type.Array(Id),
  heardAt: nullable(Time),
  facts: nullable(Type.Record(Type.String(), Type.Unknown())),
});
export type Worker = Type.Static<typeof Worker>;
