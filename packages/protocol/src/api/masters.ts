import Type from 'typebox';
import { Name, nullable, Time } from './common.ts';

export const Master = Type.Object(
  { name: Name, startedAt: Time, seenAt: Time, stoppedAt: nullable(Time) },
  { title: 'Master', description: 'A process that decides what to build' },
);
export type Master = Type.Static<typeof Master>;
