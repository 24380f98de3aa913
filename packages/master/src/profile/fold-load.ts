import type { LoadMark, LoadPoint, LoadResolution } from '@millrace/protocol/api/profiles';
import type { LoadMinute } from '../store/operations/load.ts';

const minuteMs = 60_000;
export const minutesIn: Readonly<Record<LoadResolution, number>> = { minute: 1, hour: 60, day: 1_440 };

/** Puts minutes, oldest first, together into points of a coarser resolution, and marks what changed between them. */
export class LoadFold {
  readonly #minutes: number;
  readonly #points: LoadPoint[] = [];
  readonly #marks: LoadMark[] = [];
  #open: LoadMinute[] = [];
  #last: LoadMinute | undefined;

  constructor(resolution: LoadResolution) {
    this.#minutes = minutesIn[resolution];
  }

  add(minute: LoadMinute): void {
    const [first] = this.#open;
    if (first && this.#placeOf(first) !== this.#placeOf(minute)) this.#close();
    this.#open.push(minute);
    this.#mark(minute);
    this.#last = minute;
  }

  end(): { readonly points: LoadPoint[]; readonly marks: LoadMark[] } {
    this.#close();
    return { points: this.#points, marks: this.#marks };
  }

  #placeOf({ minute }: LoadMinute): number {
    return Math.floor(minute / this.#minutes);
  }

  #mark({ minute, version, generation, started }: LoadMinute): void {
    const last = this.#last;
    const other = last !== undefined && last.version !== version;
    const reloaded = last !== undefined && last.generation !== generation;
    const kind = other ? 'version' : started ? 'started' : reloaded ? 'reloaded' : undefined;
    if (kind !== undefined) this.#marks.push({ at: minute * minuteMs, kind, version, generation });
  }

  #close(): void {
    const [first] = this.#open;
    const last = this.#open.at(-1);
    if (first && last) this.#points.push(pointOf(this.#open, this.#placeOf(first) * this.#minutes, last));
    this.#open = [];
  }
}

function pointOf(minutes: readonly LoadMinute[], at: number, last: LoadMinute): LoadPoint {
  const sum = (of: (minute: LoadMinute) => number): number =>
    minutes.reduce((before, one) => before + of(one), 0);
  const most = (of: (minute: LoadMinute) => number): number =>
    minutes.reduce((before, one) => Math.max(before, of(one)), 0);
  return {
    at: at * minuteMs,
    minutes: minutes.length,
    busyShare: rounded(sum((one) => one.busyShare) / minutes.length),
    rooms: roomsOf(minutes),
    loopDelay: {
      p50: rounded(sum((one) => one.delayP50Ms) / minutes.length),
      p99: most((one) => one.delayP99Ms),
      max: most((one) => one.delayMaxMs),
    },
    stalls: sum((one) => one.stalls),
    builds: sum((one) => one.builds),
    logBytes: sum((one) => one.logBytes),
    commits: sum((one) => one.commits),
    segmentSyncs: sum((one) => one.segmentSyncs),
    gcMs: sum((one) => one.gcMs),
    residentBytes: most((one) => one.residentBytes),
    version: last.version,
    generation: last.generation,
  };
}

/** A busy minute counts for more than an idle one. */
function roomsOf(minutes: readonly LoadMinute[]): LoadPoint['rooms'] {
  const taken = new Map<string, number>();
  for (const { busyShare, rooms } of minutes)
    for (const [room, share] of Object.entries(rooms))
      taken.set(room, (taken.get(room) ?? 0) + share * busyShare);
  const busy = minutes.reduce((sum, one) => sum + one.busyShare, 0);
  if (busy === 0) return [];
  return [...taken]
    .map(([room, ms]) => ({ room, share: Math.min(1, rounded(ms / busy)) }))
    .toSorted((one, other) => other.share - one.share);
}

const rounded = (value: number): number => Math.round(value * 1000) / 1000;
