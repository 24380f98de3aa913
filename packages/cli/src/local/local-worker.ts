import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { backoffMs } from '@millrace/kernel/backoff';
import type { Backoff } from '@millrace/kernel/backoff';
import { sleep, systemClock } from '@millrace/kernel/clock';
import { systemRandom } from '@millrace/kernel/random';
import { lockHeld, lockOwner } from '@millrace/worker/exclusive-lock';
import { packageFolder } from '../package-folder.ts';

export interface LocalWorkerOptions {
  /** The master's URL. */
  readonly master: string;
  /** The master's own certificate, where it speaks TLS: it is trusted by itself, whatever the address. */
  readonly certificate: { readonly file: string; readonly name: string | null } | null;
  readonly name: string;
  /** The worker's data folder. */
  readonly folder: string;
  readonly slots: number;
  readonly say: (line: string) => void;
}

const millrace = path.join(packageFolder, 'bin', 'millrace.js');
/** A supervisor that ended by itself is started again; the builds do not notice. */
const againAfter: Backoff = { firstMs: 1_000, mostMs: 60_000 };
/** What has not stopped by then is killed. */
const stopMsMax = 25_000;
/** A supervisor has taken its folder by then, on the busiest machine. */
const settleMsMax = 10_000;
const lookEveryMs = 50;

/**
 * The worker that `up` keeps: its supervisor is a process of its own, in a session of its own, so that an
 * interrupt at the terminal does not reach it and `kill -9` of `up` costs no build. A supervisor that such an end
 * left behind is replaced by a new one, which takes up the agent and the slots that go on.
 */
export class LocalWorker {
  readonly #options: LocalWorkerOptions;
  readonly #lock: string;
  readonly #logFile: string;
  readonly #stopping = new AbortController();
  #child: ChildProcess | undefined;
  #ends = 0;

  private constructor(options: LocalWorkerOptions) {
    this.#options = options;
    this.#lock = path.join(options.folder, 'lock.sqlite');
    this.#logFile = path.join(options.folder, 'worker.log');
  }

  static async start(options: LocalWorkerOptions): Promise<LocalWorker> {
    const worker = new LocalWorker(options);
    fs.mkdirSync(options.folder, { recursive: true });
    if (lockHeld(worker.#lock)) {
      options.say('the worker of the last start still runs: its builds go on.');
      await worker.#end('SIGHUP');
    }
    worker.#spawn();
    return worker;
  }

  /** Ends the supervisor, its agent and its slots, and waits for that. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#settled();
    await this.#end('SIGTERM');
  }

  /** Asks the supervisor to end, without waiting. */
  leave(): void {
    this.#stopping.abort();
    this.#signal('SIGTERM');
  }

  #spawn(): void {
    const { master, certificate, name, folder, slots, say } = this.#options;
    const output = fs.openSync(this.#logFile, 'a');
    const what = ['worker', '--master', master, '--name', name, '--data', folder, '--slots', String(slots)];
    if (certificate !== null) what.push('--ca-file', certificate.file);
    if (certificate?.name != null) what.push('--tls-name', certificate.name);
    const child = spawn(process.execPath, [millrace, ...what], {
      detached: true,
      stdio: ['ignore', output, output],
      windowsHide: true,
    });
    fs.closeSync(output);
    this.#child = child;
    child.on('error', (error) => say(`the worker could not be started: ${error.message}`));
    child.on('exit', (code, signal) => {
      if (this.#stopping.signal.aborted) return;
      say(`the worker's supervisor ended (${signal ?? code}) and is started again; see ${this.#logFile}`);
      const againMs = backoffMs(againAfter, ++this.#ends, systemRandom);
      void sleep(systemClock, againMs, this.#stopping.signal).then(() => {
        if (!this.#stopping.signal.aborted) this.#spawn();
      });
    });
  }

  /** One that is only starting would die of a signal, and leave an agent and slots that it is to take up. */
  async #settled(): Promise<void> {
    const until = systemClock.monotonicMs() + settleMsMax;
    while (this.#starting() && systemClock.monotonicMs() < until) await sleep(systemClock, lookEveryMs);
  }

  #starting(): boolean {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return false;
    return lockOwner(this.#lock) !== child.pid;
  }

  async #end(signal: 'SIGTERM' | 'SIGHUP' | 'SIGKILL'): Promise<void> {
    this.#signal(signal);
    const until = systemClock.monotonicMs() + stopMsMax;
    while (lockHeld(this.#lock)) {
      if (systemClock.monotonicMs() > until) {
        this.#options.say(`the worker does not stop; it is killed. See ${this.#logFile}`);
        this.#signal('SIGKILL');
        return;
      }
      await sleep(systemClock, lookEveryMs);
    }
  }

  /** To whoever holds the folder: the supervisor that we started, or one that was here before. */
  #signal(signal: 'SIGTERM' | 'SIGHUP' | 'SIGKILL'): void {
    const pid = lockOwner(this.#lock) ?? this.#child?.pid;
    try {
      if (pid !== undefined) process.kill(pid, signal);
    } catch {
      // It has just ended.
    }
  }
}
