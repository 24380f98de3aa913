import { zstdDecompressSync } from 'node:zlib';
import type { RunOrder } from '@millrace/protocol/agent/messages';
import type { Fact } from '@millrace/protocol/journal/record';
import type { Plan, PlannedSh, PlannedStep } from '@millrace/protocol/plan';
import { journalFile } from '@millrace/worker/journal/journal-file';
import { walkJournal } from '@millrace/worker/journal/recover-journal';
import { zstdCompressor } from '@millrace/worker/output/compressor';
import type { CommandStart } from '@millrace/worker/platform';
import type { ToSlot } from '@millrace/worker/slot/link';
import { Slot } from '@millrace/worker/slot/slot';
import { FakeClock } from './fake-clock.ts';
import { MemoryDisk } from './memory-disk.ts';
import { MemoryLocks } from './memory-locks.ts';
import type { Act } from './scripted-command.ts';
import { ScriptedPlatform } from './scripted-platform.ts';

export const holding = { build: 7, fence: 1 };

/** A step that runs a command of the same name. */
export function command(name: string, change: Partial<PlannedSh> = {}): PlannedSh {
  return { ...plannedBase(name), kind: 'sh', command: { args: [name] }, separateStreams: false, ...change };
}

/** What every planned step has. */
export function plannedBase(name: string) {
  return {
    name,
    folder: '',
    limits: {},
    killGraceMs: 10_000,
    logBytesMax: 1024 ** 3,
    env: {},
    always: false,
  } as const;
}

export interface PlanRun {
  readonly steps: readonly PlannedStep[];
  /** What each start of a command does, by the command's name: the last again and again. Not there: not found. */
  readonly scripts?: Readonly<Record<string, readonly (readonly Act[])[]>>;
  readonly plan?: Partial<Plan>;
  readonly order?: Partial<RunOrder>;
  /** What an agent says, so long after the start. */
  readonly say?: readonly { readonly atMs: number; readonly message: ToSlot }[];
}

export interface Ran {
  readonly facts: readonly Fact[];
  /** Of each log, by its number. */
  readonly texts: readonly string[];
  readonly started: readonly CommandStart[];
  /** How long the build took. */
  readonly tookMs: number;
}

/** Runs a plan in a slot of production under a virtual clock, with commands that are scripts, to its end. */
export async function runPlan({ steps, scripts = {}, plan, order, say = [] }: PlanRun): Promise<Ran> {
  const clock = new FakeClock();
  const disk = new MemoryDisk();
  const starts = new Map<string, number>();
  const platform = new ScriptedPlatform(clock, ({ args: [name] }) => {
    const start = starts.get(name) ?? 0;
    starts.set(name, start + 1);
    return scripts[name]?.[start] ?? scripts[name]?.at(-1);
  });
  const slot = new Slot(
    { clock, disk, platform, locks: new MemoryLocks(), compress: zstdCompressor },
    {
      slot: 0,
      worker: 'local',
      spoolId: 'spool',
      spool: '/spool',
      data: '/data',
      environment: { PATH: '/bin' },
      spoolBytesMax: 1024 ** 3,
    },
  );
  const agent = slot.accept({ send: () => true, close: () => undefined });
  const whole: Plan = {
    version: 1,
    properties: {},
    env: {},
    steps,
    onSilence: 'retry',
    lostAfterMs: 120_000,
    ...plan,
  };
  const run: RunOrder = {
    ...holding,
    slot: 0,
    planHash: 'ab'.repeat(32),
    plan: whole,
    builder: 'linux',
    number: 1,
    ...order,
  };
  const beganAt = clock.monotonicMs();
  agent.onMessage(JSON.stringify({ type: 'run', order: run }));
  for (const { atMs, message } of say) {
    await clock.advance(beganAt + atMs - clock.monotonicMs());
    agent.onMessage(JSON.stringify(message));
  }
  await clock.runUntil(() => slot.build === undefined);
  return {
    ...readJournal(disk),
    started: platform.started,
    tookMs: clock.monotonicMs() - beganAt,
  };
}

function readJournal(disk: MemoryDisk): Pick<Ran, 'facts' | 'texts'> {
  const file = journalFile('/spool', holding);
  const facts: Fact[] = [];
  const texts: string[] = [];
  walkJournal(disk.open(file.path), file.base, file.base, ({ fact }) => {
    facts.push(fact);
    if (fact.kind === 'log-opened') texts[fact.log] = '';
    if (fact.kind === 'log-chunk') texts[fact.log] += zstdDecompressSync(fact.data).toString();
  });
  return { facts, texts };
}
