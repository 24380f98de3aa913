import { zstdDecompressSync } from 'node:zlib';
import type { RunOrder } from '@millrace/protocol/agent/messages';
import type { Fact } from '@millrace/protocol/journal/record';
import type { Plan, PlannedSh } from '@millrace/protocol/plan';
import { FakeClock } from '@millrace/testkit/fake-clock';
import { MemoryDisk } from '@millrace/testkit/memory-disk';
import { MemoryLocks } from '@millrace/testkit/memory-locks';
import type { Act } from '@millrace/testkit/scripted-command';
import { ScriptedPlatform } from '@millrace/testkit/scripted-platform';
import { SeededRandom } from '@millrace/testkit/seeded-random';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { journalFile } from '../journal/journal-file.ts';
import { walkJournal } from '../journal/recover-journal.ts';
import { zstdCompressor } from '../output/compressor.ts';
import type { FromSlot, ToSlot } from './link.ts';
import { Slot } from './slot.ts';

const holding = { build: 7, fence: 1 };

function sh(name: string, change: Partial<PlannedSh> = {}): PlannedSh {
  return {
    kind: 'sh',
    name,
    command: { args: [name] },
    folder: '.',
    separateStreams: false,
    limits: {},
    killGraceMs: 10_000,
    logBytesMax: 1024 ** 3,
    env: {},
    always: false,
    ...change,
  };
}

function order(steps: readonly PlannedSh[], change: Partial<Plan> = {}): RunOrder {
  const plan: Plan = {
    version: 1,
    properties: {},
    env: {},
    steps,
    onSilence: 'retry',
    lostAfterMs: 120_000,
    ...change,
  };
  return { ...holding, slot: 0, planHash: 'ab'.repeat(32), plan, builder: 'linux', number: 12 };
}

describe('a slot', () => {
  let clock: FakeClock;
  let disk: MemoryDisk;
  let platform: ScriptedPlatform;
  let scripts: Record<string, readonly Act[]>;
  let slot: Slot;
  let said: FromSlot[];
  let say: (message: ToSlot) => void;
  let close: () => void;

  beforeEach(() => {
    clock = new FakeClock();
    disk = new MemoryDisk();
    scripts = {};
    platform = new ScriptedPlatform(clock, (start) => scripts[start.args[0]]);
    slot = new Slot(
      { clock, disk, platform, locks: new MemoryLocks(), compress: zstdCompressor },
      {
        slot: 0,
        worker: 'local',
        spoolId: 'spool',
        spool: '/spool',
        data: '/data',
        environment: { PATH: '/bin' },
        spoolBytesMax: 1024 ** 2,
      },
    );
    ({ said, say, close } = connect());
  });

  afterEach(() => {
    expect(slot.build).toBeUndefined();
    expect(platform.alive).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  function connect(): { said: FromSlot[]; say: (message: ToSlot) => void; close: () => void } {
    const said: FromSlot[] = [];
    const events = slot.accept({
      send: (message) => {
        said.push(JSON.parse(String(message)) as FromSlot);
        return true;
      },
      close: () => undefined,
    });
    return {
      said,
      say: (message) => events.onMessage(JSON.stringify(message)),
      close: () => events.onClose('gone'),
    };
  }

  /** The journal, with chunks as text. */
  function journal(): readonly (Exclude<Fact, { kind: 'log-chunk' }> | { kind: 'text'; text: string })[] {
    const file = journalFile('/spool', holding);
    const facts: (Exclude<Fact, { kind: 'log-chunk' }> | { kind: 'text'; text: string })[] = [];
    const bytes = disk.open(file.path);
    const { stopped } = walkJournal(bytes, file.base, file.base, ({ fact }) =>
      facts.push(
        fact.kind === 'log-chunk' ? { kind: 'text', text: zstdDecompressSync(fact.data).toString() } : fact,
      ),
    );
    expect(stopped.kind).toBe('end');
    return facts;
  }

  const idle = (): boolean => slot.build === undefined;
  const ended = (): unknown => said.find((message) => message.type === 'ended');

  test('runs the steps of a build, and says all of it in its journal', async () => {
    scripts = {
      compile: [
        { do: 'print', bytes: 'a\n' },
        { do: 'wait', ms: 10 },
        { do: 'print', bytes: 'b' },
      ],
      check: [{ do: 'print', bytes: 'fine\n' }],
    };
    say({ type: 'run', order: order([sh('compile'), sh('check')]) });
    await clock.runUntil(idle);
    const environment = Object.keys(platform.started[0]?.env ?? {}).sort();
    expect(journal()).toEqual([
      { kind: 'begin', ...holding, planHash: 'ab'.repeat(32), worker: 'local' },
      { kind: 'step-started', step: 0 },
      { kind: 'log-opened', step: 0, log: 0, name: 'output', stream: 'combined' },
      { kind: 'command-started', step: 0, command: 'compile', folder: '.', environment },
      { kind: 'text', text: 'a\nb' },
      { kind: 'log-closed', log: 0, lines: 2, bytes: 3 },
      { kind: 'step-finished', step: 0, result: 'success', exitCode: 0 },
      { kind: 'step-started', step: 1 },
      { kind: 'log-opened', step: 1, log: 1, name: 'output', stream: 'combined' },
      { kind: 'command-started', step: 1, command: 'check', folder: '.', environment },
      { kind: 'text', text: 'fine\n' },
      { kind: 'log-closed', log: 1, lines: 1, bytes: 5 },
      { kind: 'step-finished', step: 1, result: 'success', exitCode: 0 },
      { kind: 'build-finished', result: 'success' },
    ]);
    const byte = disk.open(journalFile('/spool', holding).path).size();
    expect(said[0]).toEqual({ type: 'slot-state', slot: 0, build: null });
    expect(said[1]).toEqual({ type: 'slot-state', slot: 0, build: holding });
    expect(said.slice(-2)).toEqual([
      { type: 'ended', ...holding, byte },
      { type: 'slot-state', slot: 0, build: null },
    ]);
  });

  test('a command sees its properties and what build it is of, and nothing of the slot', async () => {
    scripts = { make: [] };
    const step = sh('make', {
      command: { args: ['make', ['--target=', { property: 'target' }]] },
      env: { OUT: ['dir/', { property: 'target' }], CI: 'no' },
    });
    say({ type: 'run', order: order([step], { properties: { target: 'all', 'got-it': 3 } }) });
    await clock.runUntil(idle);
    expect(platform.started[0]?.args).toEqual(['make', '--target=all']);
    expect(platform.started[0]?.env).toEqual({
      PATH: '/bin',
      TERM: 'dumb',
      TMPDIR: '/data/tmp/0-7',
      CI: 'no',
      MILLRACE: 'true',
      MILLRACE_BUILD: '7',
      MILLRACE_BUILDER: 'linux',
      MILLRACE_NUMBER: '12',
      MILLRACE_WORKER: 'local',
      MILLRACE_SLOT: '0',
      MILLRACE_PROP_TARGET: 'all',
      MILLRACE_PROP_GOT_IT: '3',
      OUT: 'dir/all',
    });
  });

  test('after a failure only what always runs is run', async () => {
    scripts = { one: [{ do: 'exit', code: 2 }], clean: [] };
    say({ type: 'run', order: order([sh('one'), sh('two'), sh('clean', { always: true }), sh('three')]) });
    await clock.runUntil(idle);
    expect(platform.started.map(({ args }) => args[0])).toEqual(['one', 'clean']);
    const message = 'The step "one" ended as failure.';
    expect(journal().filter(({ kind }) => kind === 'step-finished' || kind === 'build-finished')).toEqual([
      { kind: 'step-finished', step: 0, result: 'failure', exitCode: 2 },
      { kind: 'step-finished', step: 1, result: 'skipped', message },
      { kind: 'step-finished', step: 2, result: 'success', exitCode: 0 },
      { kind: 'step-finished', step: 3, result: 'skipped', message },
      { kind: 'build-finished', result: 'failure' },
    ]);
  });

  test('a command that is not there, or a property that is missing, is an exception that says so', async () => {
    say({ type: 'run', order: order([sh('nowhere')]) });
    await clock.runUntil(idle);
    expect(journal().at(-1)).toEqual({
      kind: 'build-finished',
      result: 'exception',
      reason: 'spawn-failed',
      message: "The command 'nowhere' was not found.",
    });
    disk.remove(journalFile('/spool', holding).path);
    say({ type: 'run', order: order([sh('x', { command: { args: [[{ property: 'absent' }]] } })]) });
    await clock.runUntil(idle);
    expect(journal().at(-1)).toMatchObject({
      reason: 'plan-failed',
      message: expect.stringContaining("'absent'"),
    });
  });

  test('a cancelled build ends its tree, first kindly, and runs nothing more', async () => {
    scripts = {
      stubborn: [{ do: 'ignore-sigterm' }, { do: 'print', bytes: 'at work' }, { do: 'wait', ms: 100_000 }],
    };
    say({ type: 'run', order: order([sh('stubborn'), sh('next', { always: true })]) });
    await clock.advance(1_000);
    say({ type: 'cancel', ...holding, reason: 'cancelled', message: 'Ann asked.' });
    await clock.advance(9_000);
    expect(platform.alive).toHaveLength(1);
    await clock.runUntil(idle, 2_000);
    const end = { result: 'cancelled', reason: 'cancelled', message: 'Ann asked.' };
    expect(journal().slice(-4)).toEqual([
      { kind: 'log-closed', log: 0, lines: 1, bytes: 7 },
      { kind: 'step-finished', step: 0, ...end },
      {
        kind: 'step-finished',
        step: 1,
        result: 'skipped',
        message: 'The build was ended before its turn.',
      },
      { kind: 'build-finished', ...end },
    ]);
  });

  test.each([
    ['no-output', { noOutputMs: 5_000 }, 15_000],
    ['total', { totalMs: 12_000, noOutputMs: 11_000 }, 12_000],
  ] as const)('a step over its limit %s is ended and is a failure', async (limit, limits, atMs) => {
    scripts = {
      slow: [
        { do: 'print', bytes: 'a' },
        { do: 'wait', ms: 4_000 },
        { do: 'print', bytes: 'b' },
        { do: 'wait', ms: 4_000 },
        { do: 'print', bytes: 'c' },
        { do: 'wait', ms: 2_000 },
        { do: 'print', bytes: 'd' },
        { do: 'wait', ms: 100_000 },
      ],
    };
    say({ type: 'run', order: order([sh('slow', { limits }), sh('next')]) });
    await clock.advance(atMs - 1);
    expect(idle()).toBe(false);
    expect(platform.alive).toHaveLength(1);
    await clock.runUntil(idle, 1_000);
    expect(journal()).toContainEqual(
      expect.objectContaining({
        kind: 'step-finished',
        step: 0,
        result: 'failure',
        reason: 'timed-out',
        signal: 'SIGTERM',
        limit,
      }),
    );
    expect(journal().at(-1)).toMatchObject({
      kind: 'build-finished',
      result: 'failure',
      reason: 'timed-out',
    });
  });

  test('what a step leaves running is ended with it', async () => {
    scripts = {
      daemon: [
        { do: 'leave-child', ms: 1_000_000, holdsOutput: false },
        { do: 'exit', code: 0 },
      ],
      holder: [
        { do: 'leave-child', ms: 1_000_000, holdsOutput: true },
        { do: 'exit', code: 0 },
      ],
    };
    say({ type: 'run', order: order([sh('daemon'), sh('holder')]) });
    await clock.runUntil(idle, 10_000);
    // The one that held the output was given its time.
    expect(clock.monotonicMs()).toBeGreaterThanOrEqual(2_000);
    expect(journal().at(-1)).toEqual({ kind: 'build-finished', result: 'success' });
  });

  test('a fenced build is ended without another word', async () => {
    scripts = {
      work: [
        { do: 'print', bytes: 'a\n' },
        { do: 'wait', ms: 100_000 },
      ],
    };
    say({ type: 'run', order: order([sh('work'), sh('next')]) });
    await clock.advance(2_000);
    const before = journal();
    say({ type: 'fenced', ...holding });
    await clock.runUntil(idle, 1_000);
    expect(journal()).toEqual(before);
    expect(ended()).toBeUndefined();
    expect(said.at(-1)).toEqual({ type: 'slot-state', slot: 0, build: null });
  });

  test('it refuses a second build, and one that has a journal', async () => {
    scripts = { work: [{ do: 'wait', ms: 1_000 }] };
    say({ type: 'run', order: order([sh('work')]) });
    say({ type: 'run', order: { ...order([]), build: 8 } });
    expect(said.at(-1)).toMatchObject({ type: 'refused', build: 8, fence: 1 });
    // The same order again is only told of.
    say({ type: 'run', order: order([sh('work')]) });
    expect(said.at(-1)).toEqual({ type: 'slot-state', slot: 0, build: holding });
    await clock.runUntil(idle);
    say({ type: 'run', order: order([sh('work')]) });
    expect(said.at(-1)).toMatchObject({ type: 'refused', ...holding });
    expect(platform.started).toHaveLength(1);
  });

  test('it goes on without an agent, and tells the next one how far it is', async () => {
    scripts = {
      work: [
        { do: 'print', bytes: 'a\n' },
        { do: 'wait', ms: 5_000 },
        { do: 'print', bytes: 'b\n' },
      ],
    };
    say({ type: 'run', order: order([sh('work')]) });
    close();
    const before = said.length;
    await clock.advance(2_000);
    expect(said).toHaveLength(before);
    const next = connect();
    const byte = disk.open(journalFile('/spool', holding).path).size();
    expect(next.said).toEqual([
      { type: 'slot-state', slot: 0, build: holding },
      { type: 'grown', ...holding, byte, urgent: true },
    ]);
    await clock.runUntil(idle);
    expect(next.said.at(-2)).toMatchObject({ type: 'ended' });
  });

  test('an agent that reads too slowly is told how far the journal is when it has caught up', async () => {
    scripts = {
      work: Array.from({ length: 10 }, (): Act[] => [
        { do: 'print', bytes: 'a\n' },
        { do: 'wait', ms: 2_000 },
      ]).flat(),
    };
    const heard: FromSlot[] = [];
    const events = slot.accept({
      send: (message) => {
        heard.push(JSON.parse(String(message)) as FromSlot);
        return heard.length < 4;
      },
      close: () => undefined,
    });
    say({ type: 'run', order: order([sh('work')]) });
    await clock.advance(15_000);
    expect(heard).toHaveLength(4);
    events.onDrain();
    const byte = disk.open(journalFile('/spool', holding).path).size();
    expect(heard[4]).toEqual({ type: 'grown', ...holding, byte, urgent: true });
    await clock.runUntil(idle);
    expect(heard.slice(-2)).toMatchObject([{ type: 'ended' }, { type: 'slot-state', build: null }]);
    events.onClose('gone');
  });

  test('a watched log is told of at once, another when it has waited', async () => {
    scripts = {
      work: [
        { do: 'wait', ms: 250 },
        { do: 'print', bytes: 'a\n' },
        { do: 'wait', ms: 10_000 },
        { do: 'print', bytes: 'b\n' },
        { do: 'wait', ms: 5_000 },
      ],
    };
    say({ type: 'run', order: order([sh('work')]) });
    await clock.advance(200);
    said.length = 0;
    await clock.advance(100);
    expect(said).toEqual([]);
    // At the end of the two seconds in which it came.
    await clock.advance(2_000);
    expect(said).toMatchObject([{ type: 'grown', urgent: false }]);
    say({ type: 'watched', logs: [0] });
    await clock.advance(7_940);
    expect(said).toHaveLength(1);
    await clock.advance(60);
    expect(said).toMatchObject([{}, { type: 'grown', urgent: true }]);
    await clock.runUntil(idle);
  });

  test('a full spool blocks the command; its limits’ clocks stand still, and say so', async () => {
    // Nothing that compresses.
    const noise = new SeededRandom(1).bytes(70_000);
    scripts = {
      loud: Array.from({ length: 40 }, (): Act[] => [
        { do: 'print', bytes: noise },
        { do: 'wait', ms: 10 },
      ]).flat(),
    };
    say({ type: 'run', order: order([sh('loud', { limits: { noOutputMs: 1_000, totalMs: 20_000 } })]) });
    let acknowledged = 0;
    while (!idle()) {
      await clock.advance(60_000);
      const bytes = disk.open(journalFile('/spool', holding).path).size();
      expect(bytes - acknowledged).toBeLessThan(1024 ** 2 + 400_000);
      if (idle()) break;
      acknowledged = bytes;
      say({ type: 'acknowledged', ...holding, byte: bytes });
    }
    const facts = journal();
    expect(facts.at(-1)).toEqual({ kind: 'build-finished', result: 'success' });
    expect(facts).toContainEqual({ kind: 'clocks-stopped', step: 0 });
    const resumed = facts.filter((fact) => fact.kind === 'clocks-resumed');
    expect(resumed.length).toBe(facts.filter((fact) => fact.kind === 'clocks-stopped').length);
    for (const fact of resumed) expect(fact.stoppedMs).toBeGreaterThan(50_000);
    expect(facts.some((fact) => fact.kind === 'log-closed' && fact.bytes === 40 * 70_000)).toBe(true);
  });

  test('a full disk blocks the command until there is room, and nothing is lost', async () => {
    scripts = {
      work: Array.from({ length: 20 }, (_, i): Act[] => [
        { do: 'print', bytes: `line ${i}\n` },
        { do: 'wait', ms: 1_500 },
      ]).flat(),
    };
    say({ type: 'run', order: order([sh('work', { limits: { noOutputMs: 3_000 } })]) });
    await clock.advance(5_000);
    disk.bytesMax = disk.bytesUsed + 30;
    await clock.advance(600_000);
    expect(idle()).toBe(false);
    disk.bytesMax = Infinity;
    await clock.runUntil(idle);
    const facts = journal();
    expect(facts.at(-1)).toEqual({ kind: 'build-finished', result: 'success' });
    const text = facts.map((fact) => (fact.kind === 'text' ? fact.text : '')).join('');
    expect(text).toBe(Array.from({ length: 20 }, (_, i) => `line ${i}\n`).join(''));
    expect(facts.filter(({ kind }) => kind === 'clocks-resumed')).toHaveLength(1);
  });

  test('a build that is cancelled while the spool is full ends all the same', async () => {
    const noise = Buffer.alloc(100_000, 'x\n');
    scripts = { loud: Array.from({ length: 1000 }, (): Act => ({ do: 'print', bytes: noise })) };
    disk.bytesMax = 2_000;
    say({ type: 'run', order: order([sh('loud')]) });
    await clock.advance(10_000);
    say({ type: 'cancel', ...holding, reason: 'cancelled', message: 'Enough.' });
    await clock.advance(10_000);
    expect(platform.alive).toEqual([]);
    expect(idle()).toBe(false);
    disk.bytesMax = Infinity;
    await clock.runUntil(idle, 10_000);
    expect(journal().at(-1)).toMatchObject({ kind: 'build-finished', result: 'cancelled' });
  });

  test('by onSilence stop, commands are dead before the lease ends', async () => {
    scripts = { deploy: [{ do: 'ignore-sigterm' }, { do: 'wait', ms: 1_000_000 }] };
    const step = sh('deploy', { killGraceMs: 100_000 });
    say({ type: 'run', order: order([step], { onSilence: 'stop', lostAfterMs: 60_000 }) });
    for (let beat = 0; beat < 10; beat++) {
      await clock.advance(20_000);
      say({ type: 'heard', agoMs: 5_000 });
    }
    expect(platform.alive).toHaveLength(1);
    // The agent has gone too: nothing is heard.
    close();
    await clock.runUntil(() => platform.alive.length === 0, 60_000 - 5_000);
    await clock.runUntil(idle, 1_000);
    expect(journal().at(-1)).toMatchObject({
      kind: 'build-finished',
      result: 'exception',
      reason: 'silence-stopped',
    });
  });

  test('a slot that is told to stop ends its build, and says that it was lost', async () => {
    scripts = { work: [{ do: 'wait', ms: 1_000_000 }] };
    say({ type: 'run', order: order([sh('work')]) });
    await clock.advance(100);
    const down = slot.shutDown();
    await clock.runUntil(idle, 1_000);
    await down;
    expect(journal().at(-1)).toMatchObject({ result: 'exception', reason: 'slot-lost' });
  });

  test('a folder outside of the build’s own is not worked in', async () => {
    scripts = { work: [] };
    say({ type: 'run', order: order([sh('work', { folder: '../other' })]) });
    await clock.runUntil(idle);
    expect(journal().at(-1)).toMatchObject({ result: 'exception', reason: 'plan-failed' });
    expect(platform.started).toEqual([]);
  });

  test('a build that is over soon is told in one piece, and one that is not before anything comes of it', async () => {
    scripts = { short: [{ do: 'wait', ms: 5 }], long: [{ do: 'wait', ms: 500 }] };
    const grown = () => said.filter(({ type }) => type === 'grown');
    say({ type: 'run', order: order([sh('short')]) });
    await clock.runUntil(idle);
    expect(grown()).toEqual([]);
    say({ type: 'run', order: { ...order([sh('long')]), build: 8 } });
    await clock.advance(150);
    expect(grown()).toMatchObject([{ build: 8, urgent: true, inWindow: true }]);
    await clock.runUntil(idle);
  });

  test('tells nothing to whoever only watches that it lives', async () => {
    scripts = { one: [] };
    const watching = connect();
    watching.say({ type: 'tell-nothing' });
    watching.said.length = 0;
    say({ type: 'run', order: order([sh('one')]) });
    await clock.runUntil(idle);
    expect(watching.said).toEqual([]);
    expect(said.at(-1)).toEqual({ type: 'slot-state', slot: 0, build: null });
  });

  test('makes room while it runs nothing, the least recently used folder first', async () => {
    scripts = { one: [{ do: 'wait', ms: 1_000 }] };
    for (const [name, usedAtMs] of Object.entries({
      'old-01234567-0': 1,
      'new-01234567-0': 2,
      'other-01234567-1': 0,
    })) {
      disk.writeText(`/data/builds/${name}/file`, 'x');
      disk.writeText(`/data/builds/${name}.used`, String(clock.now() - 1_000 + usedAtMs));
    }
    say({ type: 'run', order: order([sh('one')]) });
    await clock.advance(10);
    say({ type: 'make-room' });
    await clock.runUntil(idle);
    expect(disk.list('/data/builds')).toContain('old-01234567-0');
    say({ type: 'make-room' });
    await clock.advance(0);
    expect(disk.list('/data/builds')).toEqual(expect.arrayContaining(['new-01234567-0', 'other-01234567-1']));
    expect(disk.list('/data/builds')).not.toContain('old-01234567-0');
  });
});
