import type { Load, LoadPoint, LoadResolution, Profile, Stalls } from '@millrace/protocol/api/profiles';

/* What the made-up master does with its time: busy by day, idle by night, and better since its last version. */

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const stepMs: Readonly<Record<LoadResolution, number>> = {
  minute: minuteMs,
  hour: 60 * minuteMs,
  day: dayMs,
};
const rooms = ['store', 'api', 'workers', 'logs', 'node', 'dispatch', 'gc', 'schedulers', 'events'];

/** The same for the same time: nothing is kept. */
function noise(at: number, salt: number): number {
  const wave = Math.sin(at * 12.9898 + salt * 78.233) * 43_758.545_3;
  return wave - Math.floor(wave);
}

export function loadOf(master: string, query: URLSearchParams, now: number): Load {
  const to = Number(query.get('to') ?? now);
  const from = Number(query.get('from') ?? to - dayMs);
  const resolution = (query.get('resolution') ?? 'minute') as LoadResolution;
  const step = stepMs[resolution];
  const released = Math.floor((now - 12 * dayMs) / dayMs) * dayMs + 9 * 60 * minuteMs;
  const points: LoadPoint[] = [];
  for (let at = Math.ceil(from / step) * step; at < to; at += step)
    if (at % (9 * dayMs) > 40 * minuteMs) points.push(pointAt(at, step, at < released ? '0.1.0' : '0.2.0'));
  const marks: Load['marks'] = [
    { at: released - 40 * dayMs, kind: 'version' as const, version: '0.1.0', generation: 'g1' },
    { at: released - 3 * dayMs, kind: 'reloaded' as const, version: '0.1.0', generation: 'g2' },
    { at: released, kind: 'version' as const, version: '0.2.0', generation: 'g2' },
    {
      at: Math.floor(now / dayMs) * dayMs - 5 * 60 * minuteMs,
      kind: 'reloaded' as const,
      version: '0.2.0',
      generation: 'g3',
    },
  ].filter(({ at }) => at >= from && at < to);
  return { master, from, to, resolution, points, marks };
}

function pointAt(at: number, step: number, version: string): LoadPoint {
  const day = step === dayMs ? 0.6 : 0.5 + 0.5 * Math.sin(((at % dayMs) / dayMs) * 2 * Math.PI - 2);
  const work = Math.max(0.03, day * (0.75 + 0.5 * noise(Math.floor(at / step), 1)));
  const dear = version === '0.1.0' ? 1.45 : 1;
  const shares = rooms.map((room, index) => ({
    room,
    share: ((rooms.length - index) * (0.7 + 0.6 * noise(Math.floor(at / step), index + 2))) / 47,
  }));
  const minutes = step / minuteMs;
  return {
    at,
    minutes,
    busyShare: Math.min(1, 0.42 * work * dear),
    rooms: shares.toSorted((one, other) => other.share - one.share).slice(0, 8),
    loopDelay: { p50: 0.3 * dear, p99: 3 + 18 * work * dear, max: 20 + 90 * work * dear },
    stalls: noise(at, 40) > 0.995 ? 1 : 0,
    builds: Math.round(36 * work * minutes),
    logBytes: Math.round(52_000_000 * work * minutes),
    commits: Math.round(900 * work * minutes * dear),
    segmentSyncs: Math.round(240 * work * minutes),
    gcMs: Math.round(190 * work * minutes * dear),
    residentBytes: Math.round((96 + 40 * work) * 1024 ** 2),
    version,
    generation: 'g2',
  };
}

export function stallsOf(now: number): Stalls {
  const stall = (minutes: number, ms: number, room: string, name: string) => ({
    at: now - minutes * minuteMs,
    ms,
    room,
    function: name,
    during: [
      { room, share: 0.93 },
      { room: 'gc', share: 0.07 },
    ],
    before: [
      { room: 'idle', share: 0.71 },
      { room: 'api', share: 0.29 },
    ],
    samples: Math.round(ms / 20),
  });
  const merge = 'mergeChunks master/src/logs/log-merger.ts';
  const list = 'listBuilds master/src/store/operations/read-builds.ts';
  return {
    causes: [
      {
        room: 'logs',
        function: merge,
        stalls: 7,
        totalMs: 4_120,
        longestMs: 1_210,
        lastAt: now - 12 * minuteMs,
      },
      {
        room: 'store',
        function: list,
        stalls: 2,
        totalMs: 690,
        longestMs: 388,
        lastAt: now - 400 * minuteMs,
      },
      {
        room: 'gc',
        function: '(garbage collector)',
        stalls: 1,
        totalMs: 266,
        longestMs: 266,
        lastAt: now - 9_000 * minuteMs,
      },
    ],
    stalls: [
      stall(12, 1_210, 'logs', merge),
      stall(400, 388, 'store', list),
      stall(9_000, 266, 'gc', '(garbage collector)'),
    ],
  };
}

export function profileOf(master: string, seconds: number, now: number): Profile {
  const thread = (name: 'main' | 'store', busyMs: number): Profile['threads'][number] => {
    const shares = name === 'main' ? [0.34, 0.22, 0.14, 0.1, 0.08, 0.07, 0.05] : [0.96, 0.04];
    const names = name === 'main' ? rooms : ['store', 'gc'];
    const functions = shares.flatMap((share, index) =>
      [0.6, 0.25, 0.15].map((part, place) => ({
        function: ['read', 'apply', 'write'][place] ?? '',
        file: `master/src/${names[index]}/${['line-reader', 'journal', 'answer'][place]}.ts`,
        line: 40 + place * 31,
        room: names[index] ?? '',
        selfMs: share * part * busyMs,
        totalMs: share * busyMs * (1 - place * 0.2),
      })),
    );
    const flame = [{ id: 1, parent: null as number | null, name: '(root)', room: 'root', totalMs: busyMs }];
    for (const [index, one] of functions.entries()) {
      const parent = index % 3 === 0 ? 1 : index + 1;
      flame.push({
        id: index + 2,
        parent,
        name: `${one.function} ${one.file}`,
        room: one.room,
        totalMs: one.totalMs,
      });
    }
    return {
      thread: name,
      busyMs,
      idleMs: seconds * 1000 - busyMs,
      unsampledMs: 0,
      gcMs: busyMs * 0.05,
      rooms: shares.map((share, index) => ({
        room: names[index] ?? '',
        selfMs: share * busyMs,
        totalMs: Math.min(busyMs, share * busyMs * 1.4),
      })),
      functions: functions.toSorted((one, other) => other.selfMs - one.selfMs),
      flame,
      cpuProfile: { nodes: [], samples: [], timeDeltas: [], startTime: 0, endTime: 1 },
    };
  };
  return {
    master,
    version: '0.2.0',
    at: now,
    seconds,
    busyShare: 0.312,
    blockedMs: 0,
    loopDelay: { p50: 0.4, p99: 12.1, max: 48 },
    gc: { count: 31, ms: 84 },
    store: {
      commits: 412,
      segmentSyncs: 96,
      bytes: 43_000_000,
      causes: [
        { cause: 'journal.apply', operations: 3_120, commits: 301.5, bytes: 42_900_000 },
        { cause: 'request.claim', operations: 180, commits: 71, bytes: 0 },
        { cause: 'buildset.add', operations: 90, commits: 39.5, bytes: 100_000 },
      ],
    },
    threads: [thread('main', 312 * seconds), thread('store', 190 * seconds)],
  };
}
