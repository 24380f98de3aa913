import type { LoadPoint } from '@millrace/protocol/api/profiles';

/** A stretch of time in figures: what can be held against another one, however long that is. */
export interface LoadFigures {
  /** For so long the master ran. */
  readonly minutes: number;
  readonly busyShare: number;
  /** What rooms took, as shares of all the time; most first. */
  readonly rooms: ReadonlyMap<string, number>;
  /** The mean of the minutes, in milliseconds. */
  readonly delayP99: number;
  readonly delayMax: number;
  readonly stalls: number;
  readonly builds: number;
  readonly buildsPerHour: number;
  /** Milliseconds of the event loop a build; 0 without builds. */
  readonly busyMsPerBuild: number;
  readonly logBytesPerSecond: number;
  readonly fsyncsPerSecond: number;
  /** 0 without builds. */
  readonly fsyncsPerBuild: number;
  readonly gcShare: number;
  /** At most. */
  readonly residentBytes: number;
}

/** Puts points together: each counts by its minutes. */
export function figuresOf(points: readonly LoadPoint[]): LoadFigures {
  const sum = (of: (point: LoadPoint) => number): number =>
    points.reduce((before, point) => before + of(point), 0);
  const most = (of: (point: LoadPoint) => number): number =>
    points.reduce((before, point) => Math.max(before, of(point)), 0);
  const minutes = sum((point) => point.minutes);
  const mean = (of: (point: LoadPoint) => number): number =>
    minutes === 0 ? 0 : sum((point) => of(point) * point.minutes) / minutes;
  const each = (value: number, of: number): number => (of === 0 ? 0 : value / of);
  const builds = sum((point) => point.builds);
  const fsyncs = sum(fsyncsOf);
  const busyShare = mean((point) => point.busyShare);
  return {
    minutes,
    busyShare,
    rooms: roomShares(points, minutes),
    delayP99: mean((point) => point.loopDelay.p99),
    delayMax: most((point) => point.loopDelay.max),
    stalls: sum((point) => point.stalls),
    builds,
    buildsPerHour: each(builds * 60, minutes),
    busyMsPerBuild: each(busyShare * minutes * 60_000, builds),
    logBytesPerSecond: each(
      sum((point) => point.logBytes),
      minutes * 60,
    ),
    fsyncsPerSecond: each(fsyncs, minutes * 60),
    fsyncsPerBuild: each(fsyncs, builds),
    gcShare: each(
      sum((point) => point.gcMs),
      minutes * 60_000,
    ),
    residentBytes: most((point) => point.residentBytes),
  };
}

/** A commit waits for one fsync of the database's log; files of logs are synced besides. */
export function fsyncsOf({ commits, segmentSyncs }: LoadPoint): number {
  return commits + segmentSyncs;
}

function roomShares(points: readonly LoadPoint[], minutes: number): ReadonlyMap<string, number> {
  const shares = new Map<string, number>();
  for (const { rooms, busyShare, minutes: own } of points)
    for (const { room, share } of rooms)
      shares.set(room, (shares.get(room) ?? 0) + (share * busyShare * own) / minutes);
  return new Map([...shares].toSorted(([, one], [, other]) => other - one));
}
