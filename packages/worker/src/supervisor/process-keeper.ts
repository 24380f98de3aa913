import type { Backoff } from '@millrace/kernel/backoff';
import { backoffMs } from '@millrace/kernel/backoff';
import type { Clock } from '@millrace/kernel/clock';
import { sleep } from '@millrace/kernel/clock';
import { messageOf } from '@millrace/kernel/errors';
import type { Random } from '@millrace/kernel/random';
import type { Connect, Connection } from '../connection.ts';
import type { ProcessName } from '../data-folder.ts';
import type { Processes, ProcessStart } from '../platform.ts';

export interface ProcessKeeperParts {
  readonly name: ProcessName;
  readonly start: ProcessStart;
  readonly clock: Clock;
  readonly random: Random;
  readonly processes: Processes;
  /** To the process's socket: a line that stands says that it lives. */
  readonly connect: Connect;
  /** Who has the place that only one process may have, whoever started it. */
  readonly place: () => Place;
  /** The first thing that is said to the process on its socket, where there is something to say. */
  readonly greeting?: string | undefined;
  /** What the process says over its socket. */
  readonly onMessage: (message: string | Uint8Array) => void;
  readonly log: (text: string) => void;
}

export interface Place {
  /** Somebody holds it, as the kernel says. */
  readonly held: boolean;
  /** Who, as they wrote down: one that has only just taken the place may not have, and the number be an older one's. */
  readonly pid: number | undefined;
}

const restart: Backoff = { firstMs: 200, mostMs: 10_000 };
/** Who lived this long did not die of its start. */
const stableMs = 10_000;
/** How long a start may take until the process listens. */
const startMs = 30_000;
const lookEveryMs = 25;

/**
 * Keeps one of the worker's processes alive: takes up one that runs, starts it where there is none, and starts it
 * again when it has died. It knows of a death by the end of the line to the process's socket, which tells it of its
 * own child and of another supervisor's alike.
 */
export class ProcessKeeper {
  readonly #parts: ProcessKeeperParts;
  /** Started here, and not seen to have ended. */
  #pid: number | undefined;

  constructor(parts: ProcessKeeperParts) {
    this.#parts = parts;
  }

  get name(): ProcessName {
    return this.#parts.name;
  }

  /** Keeps it until the signal aborts. The process goes on: see {@link end}. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, random, log, name } = this.#parts;
    let failures = 0;
    while (!signal.aborted) {
      const livedMs = await this.#watch(signal);
      if (signal.aborted) return;
      if (livedMs !== undefined) {
        this.#pid = undefined;
        log(`${name} has ended; it is started again.`);
        if (livedMs >= stableMs) failures = 0;
      } else if (!this.#parts.place().held) {
        if (failures > 0) await sleep(clock, backoffMs(restart, failures, random), signal);
        if (signal.aborted) return;
        failures++;
        this.#start();
        await this.#untilItListens(signal);
      } else {
        await this.#untilItListens(signal);
      }
    }
  }

  /** Ends it: SIGTERM, and SIGKILL to what is left after `graceMs`. Resolves when it is dead. */
  async end(graceMs: number, signal: 'SIGTERM' | 'SIGINT' = 'SIGTERM'): Promise<void> {
    const { clock, processes, log, name } = this.#parts;
    const until = clock.monotonicMs() + graceMs;
    let asked: number | undefined;
    for (;;) {
      const { there, pid } = this.#look();
      if (!there) return;
      if (pid !== undefined && clock.monotonicMs() >= until) {
        log(`${name} did not end within ${graceMs / 1000} s and is killed.`);
        processes.signalProcess(pid, 'SIGKILL');
      } else if (pid !== undefined && asked !== pid) {
        asked = pid;
        processes.signalProcess(pid, signal);
      }
      await sleep(clock, lookEveryMs);
    }
  }

  /** Holds a line to the process for as long as it stands; answers how long, or undefined where there is none. */
  async #watch(signal: AbortSignal): Promise<number | undefined> {
    const { clock, connect, onMessage, greeting } = this.#parts;
    const since = clock.monotonicMs();
    const over = Promise.withResolvers<void>();
    let line: Connection;
    try {
      line = await connect({ onMessage, onDrain: () => undefined, onClose: () => over.resolve() }, signal);
    } catch {
      return undefined;
    }
    if (greeting !== undefined) line.send(greeting);
    const aborted = (): void => over.resolve();
    signal.addEventListener('abort', aborted, { once: true });
    await over.promise;
    signal.removeEventListener('abort', aborted);
    line.close();
    return clock.monotonicMs() - since;
  }

  /** Whether there is a process: one that has its place, or one that was started here and has not taken it yet. */
  #look(): { readonly there: boolean; readonly pid: number | undefined } {
    const { processes, place } = this.#parts;
    const alive = (pid: number | undefined): number | undefined =>
      pid !== undefined && processes.processAlive(pid) ? pid : undefined;
    const { held, pid } = place();
    const known = (held ? alive(pid) : undefined) ?? alive(this.#pid);
    return { there: held || known !== undefined, pid: known };
  }

  #start(): void {
    try {
      this.#pid = this.#parts.processes.startProcess(this.#parts.start).pid;
    } catch (error) {
      this.#parts.log(`${this.name} could not be started: ${messageOf(error)}`);
    }
  }

  /** Waits until the process that starts can be connected to, or has ended. */
  async #untilItListens(signal: AbortSignal): Promise<void> {
    const { clock, connect, processes, log, name, start } = this.#parts;
    const until = clock.monotonicMs() + startMs;
    while (!signal.aborted) {
      const { there, pid } = this.#look();
      if (!there) {
        if (this.#pid !== undefined) log(`${name} ended before it was ready; see ${start.logFile}.`);
        this.#pid = undefined;
        return;
      }
      try {
        const ignore = { onMessage: () => undefined, onDrain: () => undefined, onClose: () => undefined };
        (await connect(ignore, signal)).close();
        return;
      } catch {
        // Not yet.
      }
      if (pid !== undefined && clock.monotonicMs() >= until) {
        log(`${name} was not ready within ${startMs / 1000} s and is killed; see ${start.logFile}.`);
        processes.signalProcess(pid, 'SIGKILL');
      }
      await sleep(clock, lookEveryMs, signal);
    }
  }
}
