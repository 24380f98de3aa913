import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RunOrder } from '@millrace/protocol/agent/messages';
import type { Fact } from '@millrace/protocol/journal/record';
import { FakeClock, settle } from '@millrace/testkit/fake-clock';
import { MemoryDisk } from '@millrace/testkit/memory-disk';
import { ScriptedMaster } from '@millrace/testkit/scripted-master';
import { ScriptedSlot } from '@millrace/testkit/scripted-slot';
import { SeededRandom } from '@millrace/testkit/seeded-random';
import { Agent } from './agent.ts';

const spool = '/data';
const plan = { version: 1, properties: {}, env: {}, steps: [], onSilence: 'retry', lostAfterMs: 1 } as const;

function order(build: number, slot = 0): RunOrder {
  return { build, fence: 1, slot, planHash: 'a'.repeat(64), plan, builder: 'b', number: build };
}

function chunk(bytes: number, at = 0): Fact {
  return {
    kind: 'log-chunk',
    log: 0,
    firstByte: at,
    firstLine: 0,
    bytes,
    lines: 0,
    data: new Uint8Array(bytes).fill(7),
  };
}

describe('an agent', () => {
  let clock: FakeClock;
  let disk: MemoryDisk;
  let master: ScriptedMaster;
  let slots: ScriptedSlot[];
  let ended: number[];
  let logged: string[];
  let free: number;
  let running: { stop: AbortController; done: Promise<void> } | undefined;

  beforeEach(() => {
    clock = new FakeClock();
    disk = new MemoryDisk();
    master = new ScriptedMaster();
    slots = [];
    ended = [];
    logged = [];
    free = 1e12;
  });

  afterEach(async () => {
    await stopAgent();
    await settle();
    expect(clock.pending).toBe(0);
  });

  async function start(count = 1): Promise<void> {
    if (slots.length === 0) {
      slots = Array.from({ length: count }, (_, index) => new ScriptedSlot(index, clock, disk, spool));
    }
    const agent = new Agent(
      {
        worker: 'w',
        spoolId: 's',
        spool,
        slots: slots.length,
        freeBytesMin: 1e9,
        facts: { os: 'linux', architecture: 'x64', hostname: 'h', cpus: 1, memoryBytes: 1, version: '0.1.0' },
      },
      {
        clock,
        random: new SeededRandom(1),
        disk,
        connectMaster: master.connect,
        connectSlot: (slot) => (slots[slot] as ScriptedSlot).connect,
        freeBytes: async () => free,
        endProcesses: ({ build }) => ended.push(build),
        log: (text) => logged.push(text),
      },
    );
    const stop = new AbortController();
    running = { stop, done: agent.run(stop.signal) };
    await clock.advance(10);
  }

  async function stopAgent(): Promise<void> {
    running?.stop.abort();
    await running?.done;
    running = undefined;
  }

  function slot(index = 0): ScriptedSlot {
    return slots[index] as ScriptedSlot;
  }

  function kinds(build: number): string[] {
    return master.recorded({ build, fence: 1 }).facts.map(({ kind }) => kind);
  }

  function journals(): readonly string[] {
    return disk.list(`${spool}/journals`);
  }

  test('gives an order to its slot, sends the journal, and removes it when the end is committed', async () => {
    await start(2);
    master.run(order(1, 1));
    await clock.advance(0);
    expect(slot(1).began).toEqual([{ build: 1, fence: 1 }]);
    slot(1).write({ kind: 'step-started', step: 0 });
    slot(1).finish();
    await clock.advance(0);
    expect(kinds(1)).toEqual(['begin', 'step-started', 'build-finished']);
    expect(journals()).toEqual([]);
  });

  test('runs a build once, however often the order comes', async () => {
    await start();
    master.run(order(1));
    master.say({ type: 'run', ...order(1) });
    await clock.advance(0);
    master.say({ type: 'run', ...order(1) });
    slot().finish();
    await clock.advance(0);
    master.say({ type: 'run', ...order(1) });
    await clock.advance(100);
    expect(slot().began).toHaveLength(1);
  });

  test('notices that come after the journal was removed are of no consequence', async () => {
    await start();
    master.run(order(1));
    await clock.advance(0);
    slot().finish();
    await clock.advance(0);
    const { position } = master.recorded(order(1));
    const late = { build: 1, fence: 1 };
    master.say({ type: 'acknowledged', ...late, position });
    master.say({ type: 'wanted', ...late, position });
    master.say({ type: 'done', ...late });
    master.say({ type: 'cancel', ...late, reason: 'cancelled', message: '' });
    master.say({ type: 'watch', build: 1, log: 0, on: true });
    master.say({ type: 'fenced', ...late, message: '' });
    master.run(order(2));
    await clock.advance(0);
    expect(slot().began).toHaveLength(2);
  });

  test('collects what nobody watches, sends it once in two seconds, and what is urgent at once', async () => {
    await start(2);
    master.run(order(1, 0));
    master.run(order(2, 1));
    // What the beginning of the two builds left to be collected is sent.
    await clock.advance(2_100 - (clock.now() % 2_000));
    master.frames = [];
    slot(0).write(chunk(10), false);
    slot(0).write(chunk(10, 10), false);
    slot(1).write(chunk(10), false);
    await clock.advance(1_999);
    expect(master.frames).toEqual([]);
    await clock.advance(1);
    expect(master.frames.map(({ build }) => build).toSorted((a, b) => a - b)).toEqual([1, 2]);
    slot(0).write({ kind: 'step-started', step: 0 }, true);
    await clock.advance(0);
    expect(master.frames).toHaveLength(3);
  });

  test('tells a slot how far its journal is committed once in 32 KiB', async () => {
    await start();
    master.run(order(1));
    await clock.advance(0);
    const told = () => slot().told.filter(({ type }) => type === 'acknowledged').length;
    for (let at = 0; at < 9; at++) {
      slot().write(chunk(10_000, at * 10_000));
      await clock.advance(100);
    }
    expect(told()).toBe(2);
  });

  test('sends at once when much is held back', async () => {
    await start();
    master.run(order(1));
    await clock.advance(0);
    for (let at = 0; at < 11; at++) slot().write(chunk(100_000, at * 100_000), false);
    await clock.advance(0);
    expect(kinds(1)).toHaveLength(12);
  });

  test('goes on from the store after the line broke, wherever it broke', async () => {
    await start();
    master.run(order(1));
    await clock.advance(0);
    for (let turn = 0; turn < 10; turn++) {
      master.answering = turn % 2 === 0;
      slot().write(chunk(1_000, turn * 1_000));
      await clock.advance(0);
      master.cut();
      master.answering = true;
      if (turn % 3 === 0) slot().write({ kind: 'step-started', step: turn });
      await clock.advance(300);
    }
    slot().finish();
    await clock.advance(300);
    expect(kinds(1).filter((kind) => kind === 'log-chunk')).toHaveLength(10);
    expect(kinds(1).at(-1)).toBe('build-finished');
    expect(master.connections).toBe(11);
    expect(slot().began).toHaveLength(1);
  });

  test('an agent started after the death of another finds the journals and goes on', async () => {
    await start(2);
    master.run(order(1, 0));
    master.run(order(2, 1));
    await clock.advance(0);
    await stopAgent();
    slot(0).write({ kind: 'step-started', step: 0 });
    slot(1).finish();
    await start();
    expect(kinds(1)).toEqual(['begin', 'step-started']);
    expect(kinds(2)).toEqual(['begin', 'build-finished']);
    expect(slot(0).began).toHaveLength(1);
    expect(journals()).toEqual(['1-1.journal']);
  });

  test('reconnects within a quarter of a second, and more slowly the longer nobody answers', async () => {
    await start();
    master.kill();
    await clock.advance(60_000);
    master.down = false;
    await clock.advance(10_000);
    expect(master.connected).toBe(true);
    master.cut();
    await clock.advance(250);
    expect(master.connected).toBe(true);
  });

  test('is back in time when a master that soon loses patience comes back', async () => {
    master.lostAfterMs = 1_000;
    await start();
    master.kill();
    await clock.advance(60_000);
    master.down = false;
    await clock.advance(250);
    expect(master.connected).toBe(true);
  });

  test('a line on which nothing comes for three heartbeats is made anew', async () => {
    await start();
    await clock.advance(30_000);
    expect(master.connections).toBe(1);
    master.mute();
    await clock.advance(21_000);
    expect(master.connections).toBe(2);
    expect(master.connected).toBe(true);
  });

  test('a slot that dies ends its build as slot-lost, and the next build runs on the new one', async () => {
    await start();
    master.run(order(1));
    await clock.advance(0);
    slot().write({ kind: 'step-started', step: 0 });
    await clock.advance(0);
    slot().kill();
    await clock.advance(1_000);
    expect(master.recorded(order(1)).facts.at(-1)).toMatchObject({
      kind: 'build-finished',
      result: 'exception',
      reason: 'slot-lost',
    });
    expect(ended).toEqual([1]);
    expect(journals()).toEqual([]);
    master.run(order(2));
    await clock.advance(1_000);
    slot().start();
    await clock.advance(1_000);
    expect(slot().began).toHaveLength(2);
  });

  test('a slot that died after it had ended its build has ended it', async () => {
    await start();
    master.run(order(1));
    await clock.advance(0);
    await stopAgent();
    slot().finish();
    slot().kill();
    await start();
    await clock.advance(1_000);
    expect(master.recorded(order(1)).facts.at(-1)).toMatchObject({ result: 'success' });
    expect(ended).toEqual([]);
  });

  test('a slot that is only not to be reached is not taken for dead', async () => {
    await start();
    master.run(order(1));
    await clock.advance(0);
    const { connect } = slot();
    const alive = slot();
    Object.assign(alive, { connect: () => Promise.reject(new Error('try again')) });
    await stopAgent();
    await start();
    await clock.advance(60_000);
    expect(master.recorded(order(1)).state).toBe('running');
    Object.assign(alive, { connect });
  });

  test('a machine that lost the last writes ends the build where the store is', async () => {
    await start();
    master.run(order(1));
    await clock.advance(0);
    disk.reachDisk();
    slot().write({ kind: 'step-started', step: 0 });
    slot().write({ kind: 'step-finished', step: 0, result: 'success' });
    await clock.advance(0);
    slot().kill();
    await stopAgent();
    const file = disk.open(`${spool}/journals/1-1.journal`);
    file.truncate(file.size() - 100);
    await start();
    slot().start();
    await clock.advance(1_000);
    expect(kinds(1)).toEqual(['begin', 'step-started', 'step-finished', 'build-finished']);
    expect(journals()).toEqual([]);
  });

  test('a journal that the disk does not give back does not keep the others', async () => {
    await start(2);
    master.run(order(1, 0));
    master.run(order(2, 1));
    await clock.advance(0);
    await stopAgent();
    slot(0).kill();
    const open = disk.open.bind(disk);
    disk.open = (path) => {
      if (path.includes('1-1')) throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });
      return open(path);
    };
    slot(1).finish();
    await start();
    expect(master.recorded(order(2)).state).toBe('ended');
    expect(logged).toContain('The journal of build 1 cannot be read: EIO: i/o error');
    disk.open = open;
  });

  test('a lost journal waits for room on the disk', async () => {
    await start();
    master.run(order(1));
    await clock.advance(0);
    disk.bytesMax = disk.bytesUsed;
    slot().kill();
    await clock.advance(20_000);
    expect(master.recorded(order(1)).state).toBe('running');
    disk.bytesMax = Infinity;
    await clock.advance(10_000);
    expect(master.recorded(order(1)).state).toBe('ended');
  });

  test('a fenced build is ended by its slot, and its journal goes when the slot is quiet', async () => {
    await start();
    master.run(order(1));
    await clock.advance(0);
    master.recorded(order(1)).state = 'fenced';
    slot().write({ kind: 'step-started', step: 0 });
    await clock.advance(0);
    expect(slot().told).toContainEqual({ type: 'fenced', build: 1, fence: 1 });
    expect(journals()).toEqual([]);
  });

  test('a build fenced while the worker was away is ended at its return', async () => {
    await start();
    master.run(order(1));
    await clock.advance(0);
    master.kill();
    master.recorded(order(1)).state = 'fenced';
    await clock.advance(1_000);
    master.down = false;
    await clock.advance(10_000);
    expect(slot().told).toContainEqual({ type: 'fenced', build: 1, fence: 1 });
    expect(journals()).toEqual([]);
  });

  test('an order waits for its slot to be free', async () => {
    await start();
    master.run(order(1));
    await clock.advance(0);
    slot().write({ kind: 'build-finished', result: 'success' });
    await clock.advance(0);
    expect(master.recorded(order(1)).state).toBe('ended');
    master.run(order(2));
    await clock.advance(5_000);
    expect(slot().began).toHaveLength(1);
    slot().release();
    await clock.advance(0);
    expect(slot().began).toHaveLength(2);
  });

  test('an order that its slot cannot take is refused', async () => {
    await start();
    slot().kill();
    await clock.advance(100);
    master.run(order(1));
    master.run(order(2, 5));
    await clock.advance(0);
    expect(master.heard.filter(({ type }) => type === 'refused')).toMatchObject([{ build: 2 }]);
    await clock.advance(61_000);
    expect(master.heard.filter(({ type }) => type === 'refused')).toMatchObject([{ build: 2 }, { build: 1 }]);
  });

  test('a cancel reaches the slot, also one that takes the order later', async () => {
    await start();
    slot().kill();
    await clock.advance(100);
    master.run(order(1));
    master.say({ type: 'cancel', build: 1, fence: 1, reason: 'cancelled', message: 'by hand' });
    await clock.advance(0);
    slot().start();
    await clock.advance(2_000);
    expect(slot().told.map(({ type }) => type)).toContain('cancel');
  });

  test('tells slots how long ago a heartbeat was sent that was answered', async () => {
    await start();
    await clock.advance(5_000);
    const heard = slot().told.filter(({ type }) => type === 'heard');
    expect(heard.at(-1)).toEqual({ type: 'heard', agoMs: 0 });
    master.mute();
    await clock.advance(3_000);
    slot().kill();
    slot().start();
    await clock.advance(1_000);
    const told = slot().told.at(-1);
    expect(told).toMatchObject({ type: 'heard' });
    expect(told?.type === 'heard' && told.agoMs).toBeGreaterThanOrEqual(3_000);
  });

  test('tells slots which logs are watched', async () => {
    await start();
    master.run(order(1));
    await clock.advance(0);
    master.say({ type: 'watch', build: 1, log: 3, on: true });
    await clock.advance(0);
    expect(slot().told.at(-1)).toEqual({ type: 'watched', logs: [3], windowMs: 40 });
    master.say({ type: 'watch', build: 1, log: 3, on: false });
    await clock.advance(0);
    expect(slot().told.at(-1)).toEqual({ type: 'watched', logs: [], windowMs: 40 });
  });

  test('where more than a few logs are watched, slots are told of a longer window', async () => {
    await start();
    master.run(order(1));
    await clock.advance(0);
    const windowsTold = async (logs: readonly number[], on: boolean): Promise<readonly unknown[]> => {
      const before = slot().told.length;
      for (const log of logs) master.say({ type: 'watch', build: 1, log, on });
      await clock.advance(0);
      return slot()
        .told.slice(before)
        .map((told) => (told.type === 'watched' ? [told.logs.length, told.windowMs] : told.type));
    };
    expect((await windowsTold([0, 1, 2, 3], true)).at(-1)).toEqual([4, 40]);
    expect((await windowsTold([4], true)).at(-1)).toEqual([5, 100]);
    expect((await windowsTold([4, 3], false)).at(-1)).toEqual([3, 40]);
  });

  test('a disk without room stops new builds, until there is room again', async () => {
    await start();
    free = 5e8;
    await clock.advance(10_000);
    expect(master.heard.at(-1)).toMatchObject({ type: 'heartbeat' });
    expect(master.heard.find(({ type }) => type === 'room')).toMatchObject({ room: { accepts: false } });
    await clock.advance(10_000);
    const asked = (): number => slot().told.filter(({ type }) => type === 'make-room').length;
    expect(asked()).toBe(2);
    free = 2e9;
    await clock.advance(10_000);
    expect(master.heard.findLast(({ type }) => type === 'room')).toEqual({
      type: 'room',
      room: { accepts: true },
    });
    expect(asked()).toBe(2);
  });

  test('sixteen large journals over a small credit all arrive, and a small one does not wait for them', async () => {
    master.creditBytes = 200_000;
    master.answering = false;
    await start(17);
    for (let index = 0; index < 17; index++) master.run(order(index + 1, index));
    await clock.advance(0);
    for (let index = 0; index < 16; index++) {
      for (let at = 0; at < 20; at++) slot(index).write(chunk(100_000, at * 100_000));
    }
    slot(16).finish();
    for (let index = 0; index < 16; index++) slot(index).finish();
    // What is urgent of several goes together.
    await clock.advance(20);
    let turns = 0;
    let small = 0;
    while (journals().length > 0 && turns < 1_000) {
      turns++;
      master.answer();
      await clock.advance(1);
      if (small === 0 && master.recorded(order(17, 16)).state === 'ended') small = turns;
    }
    expect(journals()).toEqual([]);
    expect(small).toBeLessThan(4);
    for (let index = 0; index < 16; index++) expect(kinds(index + 1)).toHaveLength(22);
  });

  test.each(Array.from({ length: 30 }, (_, seed) => seed))(
    'whatever dies at whatever moment, each build runs once and is whole (%i)',
    async (seed) => {
      const random = new SeededRandom(seed);
      await start(3);
      let next = 1;
      const running = new Map<number, number>();
      for (let turn = 0; turn < 120; turn++) {
        const index = Math.floor(random.fraction() * 3);
        const busy = running.get(index);
        const what = random.fraction();
        master.answering = random.fraction() < 0.7;
        if (what < 0.25 && busy === undefined) {
          running.set(index, next);
          master.run(order(next++, index));
        } else if (
          what < 0.6 &&
          busy !== undefined &&
          slot(index).began.some(({ build }) => build === busy)
        ) {
          slot(index).write(chunk(1 + Math.floor(random.fraction() * 120_000)), random.fraction() < 0.5);
        } else if (
          what < 0.7 &&
          busy !== undefined &&
          slot(index).began.some(({ build }) => build === busy)
        ) {
          slot(index).finish();
          running.delete(index);
        } else if (what < 0.8) master.cut();
        else if (what < 0.85) master.kill();
        else if (what < 0.9) master.down = false;
        else if (what < 0.95) {
          await stopAgent();
          await start();
        } else if (random.fraction() < 0.3) master.mute();
        if (random.fraction() < 0.5) master.answer();
        await clock.advance(Math.floor(random.fraction() * 400));
      }
      master.down = false;
      master.answering = true;
      master.cut();
      await clock.advance(30_000);
      for (const [index, build] of running) {
        if (slot(index).began.some((one) => one.build === build)) slot(index).finish();
      }
      await clock.advance(30_000);
      for (const [index, build] of running) {
        if (master.recorded(order(build)).state === 'running') slot(index).finish();
      }
      await clock.advance(30_000);
      for (let build = 1; build < next; build++) {
        expect(master.recorded(order(build)).state).toBe('ended');
        expect(slots.flatMap(({ began }) => began).filter((one) => one.build === build)).toHaveLength(1);
      }
      expect(journals()).toEqual([]);
    },
  );
});
