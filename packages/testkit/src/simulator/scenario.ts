import type { OnSilence } from '@millrace/protocol/plan';
import { SeededRandom } from '../seeded-random.ts';
import { shapesOf } from './step-shapes.ts';
import type { StepShape } from './step-shapes.ts';

/** What a run is made of. All of it follows from the seed, and nothing else does. */
export interface Scenario {
  readonly seed: number;
  readonly masters: number;
  readonly lostAfterMs: number;
  readonly workers: readonly { readonly name: string; readonly slots: number }[];
  readonly builders: readonly ScenarioBuilder[];
  readonly asks: readonly Ask[];
  readonly faults: readonly Fault[];
  /** Logs expire so long after the end of their build; null: never. */
  readonly logsKeptMs: number | null;
}

export interface ScenarioBuilder {
  readonly name: string;
  readonly workers: readonly string[];
  readonly steps: readonly StepShape[];
  readonly onSilence: OnSilence;
  readonly separateStreams: boolean;
  readonly logBytesMax: number;
}

/** Something that somebody asks of the system. */
export type Ask = { readonly atMs: number } & (
  | { readonly kind: 'force'; readonly builder: string; readonly key: string }
  /** A commit is told; the scheduler builds it with every builder. Told twice where `twice`. */
  | { readonly kind: 'change'; readonly revision: string; readonly twice: boolean }
  | { readonly kind: 'cancel-newest' }
  | { readonly kind: 'cancel-waiting' }
  /** Of a revision for which no plan can be made. */
  | { readonly kind: 'force-unplannable'; readonly builder: string; readonly key: string }
  /** Somebody reads a log that is being written, from its beginning to its end. */
  | { readonly kind: 'follow-log' }
  /** Somebody stops a worker for a while. */
  | {
      readonly kind: 'hold';
      readonly worker: string;
      readonly act: 'pause' | 'drain';
      readonly forMs: number;
      readonly key: string;
    }
);

/** Something that goes wrong. `worker` and `master` are numbers from 0, taken modulo how many there are. */
export type Fault = { readonly atMs: number } & (
  | { readonly kind: 'kill-master'; readonly master: number; readonly awayMs: number }
  /** At the commit that is so many commits away. */
  | {
      readonly kind: 'crash-at-commit';
      readonly commits: number;
      readonly when: 'before' | 'after';
      readonly awayMs: number;
    }
  | { readonly kind: 'kill-agent'; readonly worker: number; readonly awayMs: number }
  | { readonly kind: 'kill-slot'; readonly worker: number; readonly slot: number; readonly awayMs: number }
  /** The slot dies within the append that is so many appends away, after so many bytes of it. */
  | {
      readonly kind: 'crash-at-append';
      readonly worker: number;
      readonly appends: number;
      readonly bytes: number;
    }
  | { readonly kind: 'power-off'; readonly worker: number; readonly awayMs: number }
  | { readonly kind: 'reset-lines'; readonly worker: number }
  /** Lines of the worker swallow everything and new ones cannot be opened. */
  | { readonly kind: 'cut-off'; readonly worker: number; readonly forMs: number }
  /** For a while they lose messages, and deliver others twice or late; then they break. */
  | { readonly kind: 'doubtful-lines'; readonly worker: number; readonly forMs: number }
  | { readonly kind: 'disk-full'; readonly worker: number; readonly forMs: number }
  /** The worker takes no new builds for a while. */
  | { readonly kind: 'low-room'; readonly worker: number; readonly forMs: number }
  /** Told by a signal, as a service manager does. */
  | { readonly kind: 'stop-agent'; readonly worker: number; readonly awayMs: number }
  /** `drains`: what runs is cancelled, and its requests wait again. */
  | {
      readonly kind: 'stop-master';
      readonly master: number;
      readonly awayMs: number;
      readonly drains: boolean;
    }
  | { readonly kind: 'corrupt-journal'; readonly worker: number }
  | { readonly kind: 'foreign-record'; readonly worker: number; readonly choice: number }
  /** Its journals are put back as they were `agoMs` before. */
  | {
      readonly kind: 'restore-disk';
      readonly worker: number;
      readonly agoMs: number;
      readonly awayMs: number;
    }
  /** Somebody connects to a master and misbehaves. `worker`: whose name or build they take. */
  | { readonly kind: 'stranger'; readonly worker: number; readonly manner: Manner }
);

/** How somebody behaves who reaches a master and is no agent of this fleet, or a broken one. */
const manners = [
  'silent',
  'no-json',
  'unknown-message',
  'unknown-worker',
  'other-version',
  'hello-twice',
  'heartbeat-before-hello',
  'frame-before-hello',
  'short-frame',
  'long-frame',
  'empty-frame',
  'others-build',
  'twin',
] as const;
export type Manner = (typeof manners)[number];

const asksWithinMs = 60_000;
const faultsWithinMs = 90_000;

/** At least 20 builds of several steps, three workers, at least five faults. */
export function scenarioOf(seed: number): Scenario {
  const random = new SeededRandom(seed);
  const lostAfterMs = random.between(12, 30) * 1_000;
  const workers = ['ash', 'birch', 'cedar'].map((name) => ({ name, slots: random.between(1, 2) }));
  const builders = Array.from({ length: random.between(2, 4) }, (_, index) =>
    builderOf(seed, random, index, workers),
  );
  return {
    seed,
    masters: random.fraction() < 0.35 ? 2 : 1,
    lostAfterMs,
    workers,
    builders,
    asks: [...asksOf(random, builders), ...holdsOf(seed, workers)].sort((a, b) => a.atMs - b.atMs),
    faults: faultsOf(random, lostAfterMs),
    logsKeptMs: logsKeptOf(seed),
  };
}

/** By a random of its own: what else a seed is made of stays what it was. */
function logsKeptOf(seed: number): number | null {
  const random = new SeededRandom(seed + 1_000_003);
  return random.fraction() < 0.4 ? random.between(10, 60) * 1_000 : null;
}

function builderOf(
  seed: number,
  random: SeededRandom,
  index: number,
  workers: Scenario['workers'],
): ScenarioBuilder {
  const names = workers.map(({ name }) => name).filter(() => random.fraction() < 0.75);
  return {
    name: `builder-${index}`,
    workers: names.length > 0 ? names : [random.pick(workers).name],
    steps: shapesOf(seed, index, random.between(2, 4)),
    onSilence: random.pick(['retry', 'retry', 'stop', 'wait'] as const),
    separateStreams: random.fraction() < 0.2,
    logBytesMax: random.fraction() < 0.2 ? 64 * 1024 : 64 * 1024 ** 2,
  };
}

function asksOf(random: SeededRandom, builders: readonly ScenarioBuilder[]): Ask[] {
  const asks: Ask[] = [];
  for (let index = 0; index < random.between(19, 24); index++) {
    asks.push({
      kind: 'force',
      atMs: random.between(0, asksWithinMs),
      builder: random.pick(builders).name,
      key: `force-${index}`,
    });
  }
  for (let index = 0; index < random.between(2, 4); index++) {
    const revision = index.toString(16).padStart(40, '5');
    asks.push({
      kind: 'change',
      atMs: random.between(0, asksWithinMs),
      revision,
      twice: random.fraction() < 0.3,
    });
  }
  for (let index = 0; index < random.between(0, 2); index++) {
    asks.push({ kind: 'cancel-newest', atMs: random.between(5_000, asksWithinMs) });
  }
  for (let index = 0; index < random.between(1, 3); index++) {
    asks.push({ kind: 'follow-log', atMs: random.between(1_000, asksWithinMs) });
  }
  if (random.fraction() < 0.4)
    asks.push({ kind: 'cancel-waiting', atMs: random.between(1_000, asksWithinMs) });
  if (random.fraction() < 0.3) {
    const builder = random.pick(builders).name;
    asks.push({
      kind: 'force-unplannable',
      atMs: random.between(0, asksWithinMs),
      builder,
      key: 'unplannable',
    });
  }
  return asks;
}

/** Drawn apart, so that what else a seed brings does not depend on it. */
function holdsOf(seed: number, workers: Scenario['workers']): Ask[] {
  const random = new SeededRandom(seed + 7_919);
  return Array.from({ length: random.between(0, 2) }, (_, index) => ({
    kind: 'hold',
    atMs: random.between(1_000, asksWithinMs),
    worker: random.pick(workers).name,
    act: random.pick(['pause', 'drain'] as const),
    forMs: random.between(500, 15_000),
    key: `hold-${index}`,
  }));
}

function faultsOf(random: SeededRandom, lostAfterMs: number): Fault[] {
  const faults = Array.from({ length: random.between(5, 12) }, () => faultOf(random, lostAfterMs));
  for (let index = 0; index < random.between(1, 3); index++) {
    const atMs = random.between(500, faultsWithinMs);
    faults.push({ kind: 'stranger', atMs, worker: random.between(0, 2), manner: random.pick(manners) });
  }
  const kinds = meannessOf(random);
  for (let index = 0; index < random.between(1, 3); index++) faults.push(random.pick(kinds));
  return faults.sort((a, b) => a.atMs - b.atMs);
}

/** Faults of which each seed has a few beside the others. */
function meannessOf(random: SeededRandom): readonly Fault[] {
  const atMs = random.between(2_000, asksWithinMs + 5_000);
  const worker = random.between(0, 2);
  const master = random.between(0, 1);
  const awayMs = random.between(10, 4_000);
  const doubtful = { kind: 'doubtful-lines', atMs, worker, forMs: random.between(1_000, 6_000) } as const;
  return [
    doubtful,
    { ...doubtful, atMs: random.between(2_000, asksWithinMs) },
    { kind: 'low-room', atMs, worker, forMs: random.between(5_000, 30_000) },
    { kind: 'stop-agent', atMs, worker, awayMs },
    { kind: 'stop-master', atMs, master, awayMs, drains: false },
    { kind: 'stop-master', atMs, master, awayMs, drains: true },
    { kind: 'corrupt-journal', atMs, worker },
    { kind: 'foreign-record', atMs, worker, choice: random.between(0, 1_000) },
    { kind: 'foreign-record', atMs: atMs + 1_000, worker, choice: random.between(0, 1_000) },
    { kind: 'restore-disk', atMs, worker, agoMs: random.between(500, 8_000), awayMs },
  ];
}

function faultOf(random: SeededRandom, lostAfterMs: number): Fault {
  const atMs = random.between(500, faultsWithinMs);
  const worker = random.between(0, 2);
  const master = random.between(0, 1);
  // Away for moments mostly, and sometimes for longer than a worker may be silent.
  const awayMs = random.fraction() < 0.8 ? random.between(10, 4_000) : random.between(1, 3) * lostAfterMs;
  const kinds: readonly Fault[] = [
    { kind: 'kill-master', atMs, master, awayMs },
    { kind: 'kill-master', atMs, master, awayMs },
    {
      kind: 'crash-at-commit',
      atMs,
      commits: random.between(1, 60),
      when: random.pick(['before', 'after']),
      awayMs,
    },
    {
      kind: 'crash-at-commit',
      atMs,
      commits: random.between(1, 60),
      when: random.pick(['before', 'after']),
      awayMs,
    },
    { kind: 'kill-agent', atMs, worker, awayMs: random.between(10, 5_000) },
    { kind: 'kill-agent', atMs, worker, awayMs: random.between(10, 5_000) },
    { kind: 'kill-slot', atMs, worker, slot: random.between(0, 1), awayMs: random.between(10, 3_000) },
    { kind: 'crash-at-append', atMs, worker, appends: random.between(1, 40), bytes: random.between(0, 400) },
    { kind: 'power-off', atMs, worker, awayMs },
    { kind: 'reset-lines', atMs, worker },
    { kind: 'reset-lines', atMs, worker },
    { kind: 'cut-off', atMs, worker, forMs: random.between(1_000, lostAfterMs - 4_000) },
    { kind: 'cut-off', atMs, worker, forMs: lostAfterMs + random.between(2_000, 20_000) },
    { kind: 'disk-full', atMs, worker, forMs: random.between(500, 10_000) },
  ];
  return random.pick(kinds);
}
