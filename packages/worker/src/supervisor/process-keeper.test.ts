import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MillraceError } from '@millrace/kernel/errors';
import { ConnectionPair } from '@millrace/testkit/connection-pair';
import { FakeClock, settle } from '@millrace/testkit/fake-clock';
import { SeededRandom } from '@millrace/testkit/seeded-random';
import type { Connect } from '../connection.ts';
import type { Processes } from '../platform.ts';
import { ProcessKeeper } from './process-keeper.ts';
import type { Place } from './process-keeper.ts';

/** Processes of which each is a number, and a line that stands while it lives. */
class ScriptedProcesses implements Processes {
  readonly starts: number[] = [];
  readonly signals: string[] = [];
  /** How long one that is started takes to listen; undefined: it dies at once. */
  readyMs: number | undefined = 50;
  /** The number written beside the place is still that of a process that is dead. */
  staleOwner = false;
  /** Ends at SIGTERM. */
  obedient = true;
  readonly #clock: FakeClock;
  readonly #lines: ConnectionPair[] = [];
  #alive: number | undefined;
  #listensAt = 0;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  readonly connect: Connect = async (events) => {
    if (this.#alive === undefined || this.#clock.monotonicMs() < this.#listensAt) {
      throw new MillraceError('nobody-listens', 'It does not listen.');
    }
    const line = new ConnectionPair();
    this.#lines.push(line);
    line.left.listen(events);
    return line.left.connection;
  };

  owner = (): number | undefined => this.#alive;

  place = (): Place => ({
    held: this.#alive !== undefined,
    pid: this.staleOwner ? 1 : this.#alive,
  });

  startProcess(): { readonly pid: number } {
    const pid = 100 + this.starts.length;
    this.starts.push(this.#clock.monotonicMs());
    if (this.readyMs !== undefined) {
      this.#alive = pid;
      this.#listensAt = this.#clock.monotonicMs() + this.readyMs;
    }
    return { pid };
  }

  processAlive(pid: number): boolean {
    return this.#alive === pid;
  }

  signalProcess(pid: number, signal: string): boolean {
    this.signals.push(signal);
    if (signal === 'SIGKILL' || this.obedient) this.die();
    return this.#alive === pid;
  }

  die(): void {
    this.#alive = undefined;
    for (const line of this.#lines.splice(0)) line.cut();
  }
}

describe('a keeper of a process', () => {
  let clock: FakeClock;
  let processes: ScriptedProcesses;
  let keeper: ProcessKeeper;
  let logged: string[];
  let stop: AbortController;
  let done: Promise<void>;

  beforeEach(() => {
    clock = new FakeClock();
    processes = new ScriptedProcesses(clock);
    logged = [];
    stop = new AbortController();
    done = Promise.resolve();
    keeper = new ProcessKeeper({
      name: 'slot-0',
      start: { args: ['slot'], folder: '/', env: {}, logFile: '/log' },
      clock,
      random: new SeededRandom(1),
      processes,
      connect: processes.connect,
      place: processes.place,
      onMessage: () => undefined,
      log: (text) => logged.push(text),
    });
  });

  afterEach(async () => {
    stop.abort();
    await done;
    await settle();
    expect(clock.pending).toBe(0);
  });

  function run(): void {
    done = keeper.run(stop.signal);
  }

  test('starts a process where there is none, and lets it be', async () => {
    run();
    await clock.advance(60_000);
    expect(processes.starts).toEqual([0]);
  });

  test('takes up one that runs', async () => {
    processes.startProcess();
    run();
    await clock.advance(60_000);
    expect(processes.starts).toHaveLength(1);
  });

  test('waits for one that has taken its place and not said yet who it is', async () => {
    processes.startProcess();
    processes.staleOwner = true;
    run();
    await clock.advance(1_000);
    expect(processes.starts).toHaveLength(1);
    expect(logged).toEqual([]);
  });

  test('starts it again at once when it dies', async () => {
    run();
    await clock.advance(60_000);
    processes.die();
    await clock.advance(100);
    expect(processes.starts).toHaveLength(2);
  });

  test('starts one that dies again and again ever more slowly', async () => {
    processes.readyMs = undefined;
    run();
    await clock.advance(60_000);
    expect(processes.starts.length).toBeGreaterThan(6);
    expect(processes.starts.length).toBeLessThan(20);
    const [before = 0, last = 0] = processes.starts.slice(-2);
    expect(last - before).toBeGreaterThanOrEqual(5_000);
  });

  test('kills one that does not become ready', async () => {
    processes.readyMs = 1e9;
    run();
    await clock.advance(31_000);
    expect(processes.signals).toEqual(['SIGKILL']);
    processes.readyMs = 10;
    await clock.advance(10_000);
    expect(processes.starts).toHaveLength(2);
  });

  test('leaves it running when it is told to stop keeping it', async () => {
    run();
    await clock.advance(1_000);
    stop.abort();
    await done;
    expect(processes.signals).toEqual([]);
    expect(processes.owner()).toBe(100);
  });

  test('ends it, and kills it when it does not end in time', async () => {
    run();
    await clock.advance(1_000);
    stop.abort();
    await done;
    processes.obedient = false;
    const ending = keeper.end(5_000);
    await clock.advance(4_999);
    expect(processes.signals).toEqual(['SIGTERM']);
    await clock.advance(100);
    await ending;
    expect(processes.signals).toEqual(['SIGTERM', 'SIGKILL']);
  });

  test('has nothing to end where there is no process', async () => {
    await keeper.end(5_000);
    expect(processes.signals).toEqual([]);
  });
});
