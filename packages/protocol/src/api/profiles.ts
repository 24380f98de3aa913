import Type from 'typebox';
import { Name, nullable, Time } from './common.ts';
import { profileSecondsDefault, profileSecondsMax } from './profile-bounds.ts';

const Ms = Type.Number({ minimum: 0, description: 'Milliseconds' });
const Count = Type.Integer({ minimum: 0 });

/** `POST /masters/{name}/profile`. */
export const ProfileAsked = Type.Object(
  {
    seconds: Type.Optional(
      Type.Number({
        minimum: 0.1,
        maximum: profileSecondsMax,
        default: profileSecondsDefault,
        description: 'For how long to look',
      }),
    ),
    cpuProfile: Type.Optional(
      Type.Boolean({ default: false, description: 'Answer the samples too, as a `.cpuprofile`' }),
    ),
  },
  { title: 'ProfileAsked', description: 'How a profile is to be taken', additionalProperties: false },
);
export type ProfileAsked = Type.Static<typeof ProfileAsked>;

export const RoomTime = Type.Object(
  {
    room: Type.String({ description: 'A room of the master: `logs`, `store`, `api`, …; `node`, `gc`' }),
    selfMs: Type.Number({
      minimum: 0,
      description: 'In its own code, and in Node and libraries on its behalf: these add up to what was busy',
    }),
    totalMs: Type.Number({ minimum: 0, description: 'While any function of it was on the stack' }),
  },
  { title: 'RoomTime', description: 'What a room of the house took' },
);
export type RoomTime = Type.Static<typeof RoomTime>;

export const FunctionTime = Type.Object(
  {
    function: Type.String(),
    file: Type.String({ description: 'Its source file; empty where it has none' }),
    line: Type.Integer({ minimum: 0, description: 'From 1; 0 where it has none' }),
    room: Type.String(),
    selfMs: Ms,
    totalMs: Ms,
  },
  { title: 'FunctionTime', description: 'What a function took' },
);
export type FunctionTime = Type.Static<typeof FunctionTime>;

export const FlameNode = Type.Object(
  {
    id: Count,
    parent: nullable(Type.Integer({ minimum: 0, description: 'The `id` of who called it' })),
    name: Type.String({ description: 'Function and file' }),
    room: Type.String(),
    totalMs: Ms,
  },
  { title: 'FlameNode', description: 'A function as it was called from one place' },
);
export type FlameNode = Type.Static<typeof FlameNode>;

export const ThreadProfile = Type.Object(
  {
    thread: Type.Enum(['main', 'store'], {
      type: 'string',
      description: '`store`: the embedded store’s own, which writes; with PostgreSQL there is none',
    }),
    busyMs: Type.Number({ minimum: 0, description: 'Waiting for the disk is busy: an fsync is a call' }),
    idleMs: Type.Number({ minimum: 0, description: 'Waiting for something to do' }),
    unsampledMs: Type.Number({
      minimum: 0,
      description: 'So long it did one thing that was begun before, and could not be sampled',
    }),
    gcMs: Type.Number({ minimum: 0, description: 'Collecting garbage, within what was busy' }),
    rooms: Type.Array(RoomTime, { description: 'Most first' }),
    functions: Type.Array(FunctionTime, { description: 'Most self time first' }),
    flame: Type.Array(FlameNode, {
      description: 'Callers before those they call; the smallest are left out',
    }),
    cpuProfile: Type.Optional(
      Type.Unsafe<object>({
        type: 'object',
        additionalProperties: true,
        description: 'Its samples, as a `.cpuprofile`',
      }),
    ),
  },
  { title: 'ThreadProfile', description: 'What a thread did, by samples' },
);
export type ThreadProfile = Type.Static<typeof ThreadProfile>;

export const LoopDelay = Type.Object(
  { p50: Ms, p99: Ms, max: Ms },
  { title: 'LoopDelay', description: 'How late the event loop was, in milliseconds' },
);
export type LoopDelay = Type.Static<typeof LoopDelay>;

const CauseWork = Type.Object(
  {
    cause: Type.String({ description: 'An operation of the store' }),
    operations: Count,
    commits: Type.Number({
      minimum: 0,
      description: 'Its share of the commits: one of two that were committed together counts a half',
    }),
    bytes: Type.Integer({ minimum: 0, description: 'Of logs and other contents that it handed over' }),
  },
  { title: 'CauseWork', description: 'What an operation asked of the disk' },
);

export const StoreWork = Type.Object(
  {
    commits: Type.Integer({ minimum: 0, description: 'Each waits for one fsync of the database’s log' }),
    segmentSyncs: Type.Integer({ minimum: 0, description: 'Fsyncs of files with contents of logs' }),
    bytes: Type.Integer({ minimum: 0, description: 'Of logs and other contents' }),
    causes: Type.Array(CauseWork, { description: 'Most commits first' }),
  },
  {
    title: 'StoreWork',
    description: 'What was written; checkpoints are the database’s own, and not counted',
  },
);
export type StoreWork = Type.Static<typeof StoreWork>;

export const Profile = Type.Object(
  {
    master: Name,
    version: Type.String({ description: 'Of millrace' }),
    at: Time,
    seconds: Type.Number({ minimum: 0 }),
    busyShare: Type.Number({
      minimum: 0,
      maximum: 1,
      description: 'Of the event loop: how much of the time it was not waiting for something to do',
    }),
    blockedMs: Type.Number({
      minimum: 0,
      description: 'For how long the event loop had not come round when the profile ended; 0: it comes round',
    }),
    loopDelay: Type.Unsafe<LoopDelay | null>({
      ...LoopDelay,
      type: ['object', 'null'],
      description: 'Null where only the second thread was asked',
    }),
    gc: Type.Object({ count: Count, ms: Ms }),
    store: Type.Unsafe<StoreWork | null>({
      ...StoreWork,
      type: ['object', 'null'],
      description: 'Null where only the second thread was asked',
    }),
    threads: Type.Array(ThreadProfile, { description: 'The main one first' }),
  },
  { title: 'Profile', description: 'What a master did for some seconds' },
);
export type Profile = Type.Static<typeof Profile>;

const Blame = Type.Object(
  { room: Type.String(), share: Type.Number({ minimum: 0, maximum: 1 }) },
  { title: 'Blame', description: 'A room and its share of the samples' },
);

export const Stall = Type.Object(
  {
    at: Type.Integer({ description: 'When the loop stood still, in milliseconds since 1970' }),
    ms: Type.Number({ minimum: 0, description: 'For how long' }),
    room: Type.String({ description: 'What took most of it; `unknown` where nothing was sampled' }),
    function: Type.String({ description: 'The function of that room that took most, and its file' }),
    during: Type.Array(Blame),
    before: Type.Array(Blame, { description: 'In the second before; `idle` is a room here' }),
    samples: Count,
  },
  { title: 'Stall', description: 'The event loop did not come round for a quarter of a second or longer' },
);
export type Stall = Type.Static<typeof Stall>;

export const StallCause = Type.Object(
  { room: Type.String(), function: Type.String(), stalls: Count, totalMs: Ms, longestMs: Ms, lastAt: Time },
  { title: 'StallCause', description: 'Stalls of one cause' },
);
export type StallCause = Type.Static<typeof StallCause>;

export const Stalls = Type.Object(
  {
    causes: Type.Array(StallCause, { description: 'The longest together first' }),
    stalls: Type.Array(Stall, { description: 'Newest first' }),
  },
  { title: 'Stalls', description: 'When the event loop stood still, and why' },
);
export type Stalls = Type.Static<typeof Stalls>;

export const loadResolutions = ['minute', 'hour', 'day'] as const;
export type LoadResolution = (typeof loadResolutions)[number];

export const LoadPoint = Type.Object(
  {
    at: Time,
    minutes: Type.Integer({ minimum: 1, description: 'Of which the master ran so many' }),
    busyShare: Type.Number({ minimum: 0, maximum: 1, description: 'Of the event loop; the rest was idle' }),
    rooms: Type.Array(Blame, { description: 'What took it, by shares of what was busy; most first' }),
    loopDelay: Type.Object(
      { p50: Ms, p99: Ms, max: Ms },
      { description: 'Over several minutes: the mean of their medians, the highest p99 and the longest' },
    ),
    stalls: Count,
    builds: Type.Integer({ minimum: 0, description: 'That ended' }),
    logBytes: Type.Integer({ minimum: 0, description: 'As they were handed to the store' }),
    commits: Count,
    segmentSyncs: Count,
    gcMs: Ms,
    residentBytes: Type.Integer({ minimum: 0, description: 'Memory at the end; the highest of several' }),
    version: Type.String({ description: 'Of millrace, at the end' }),
    generation: Type.String({ description: 'Of the config in force, at the end' }),
  },
  { title: 'LoadPoint', description: 'How busy a master was, in a stretch of time' },
);
export type LoadPoint = Type.Static<typeof LoadPoint>;

export const LoadMark = Type.Object(
  {
    at: Time,
    kind: Type.Enum(['started', 'version', 'reloaded'], {
      type: 'string',
      description: '`version`: it was started as another version',
    }),
    version: Type.String(),
    generation: Type.String(),
  },
  { title: 'LoadMark', description: 'From when on something was another than before' },
);
export type LoadMark = Type.Static<typeof LoadMark>;

export const Load = Type.Object(
  {
    master: Name,
    from: Time,
    to: Time,
    resolution: Type.Enum([...loadResolutions], { type: 'string' }),
    points: Type.Array(LoadPoint, { description: 'Oldest first; none where the master was away' }),
    marks: Type.Array(LoadMark, { description: 'Oldest first' }),
  },
  { title: 'Load', description: 'How busy a master was' },
);
export type Load = Type.Static<typeof Load>;
