import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import type { Build } from '@millrace/protocol/api/builds';
import { Fleet } from './fleet.ts';
import type { FleetOptions, StartFleet } from './fleet.ts';
import { Follower } from './follower.ts';
import { until } from './until.ts';

/** How long a step prints at most: `FULL=1` for the whole length, else what `npm test` has time for. */
export const emitMs = process.env.FULL === undefined ? 12_000 : 60_000;
const emitLines = 200_000;

/** How the fleet is started, and how much of {@link emitMs} and of the lines its step prints. */
export interface KillCaseOptions extends Omit<FleetOptions, 'steps'> {
  readonly startFleet?: StartFleet;
  /** From 0 to 1. */
  readonly share?: number;
}

const emitter = path.join(import.meta.dirname, 'emitter.js');

/** A build that prints for a while, somebody who follows it, and the means to see what became of both. */
export class KillCase implements AsyncDisposable {
  readonly fleet: Fleet;
  readonly build: Build;
  readonly request: number;
  readonly follower: Follower;
  readonly log: number;
  readonly #emitted: string;
  readonly #printedLines: number;

  private constructor(
    fleet: Fleet,
    found: {
      build: Build;
      request: number;
      log: number;
      follower: Follower;
      emitted: string;
      lines: number;
    },
  ) {
    this.fleet = fleet;
    this.build = found.build;
    this.request = found.request;
    this.log = found.log;
    this.follower = found.follower;
    this.#emitted = found.emitted;
    this.#printedLines = found.lines;
  }

  /** Starts a fleet whose step prints, and waits until a tenth of it is acknowledged. */
  static async start({
    startFleet = (given) => Fleet.start(given),
    share = 1,
    ...options
  }: KillCaseOptions = {}): Promise<KillCase> {
    const emitted = fs.mkdtempSync(path.join(fs.realpathSync('/tmp'), 'millrace-emitted-'));
    const lines = emitLines * share;
    const command = [process.execPath, emitter, emitted, String(lines), String(emitMs * share), '7'];
    const fleet = await startFleet({
      ...options,
      steps: `sh(${JSON.stringify(command)}, { name: 'emit' })`,
    });
    try {
      const request = await fleet.force();
      const build = await fleet.runningBuild(request);
      const log = await fleet.logId(build.id, 'output');
      const follower = new Follower(fleet.url, log);
      const one = new KillCase(fleet, { build, request, log, follower, emitted, lines });
      await one.acknowledged(0.1);
      return one;
    } catch (error) {
      await fleet[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Waits until this share of the lines is in the store. */
  async acknowledged(share: number): Promise<void> {
    await until(
      `${share * 100}% is acknowledged`,
      async () => (await this.#lines()) >= this.#printedLines * share,
      emitMs * 3,
    );
  }

  /** Lines that the command says it has printed. */
  progress(): number {
    const text = this.#read('progress');
    return text === '' ? 0 : Number(text);
  }

  /** The command was started once and never stopped; its log is what it printed; the follower had each byte once. */
  async survived(): Promise<void> {
    const request = await this.fleet.finishedRequest(this.request, emitMs * 3 + 60_000);
    expect(request).toMatchObject({ result: 'success', build: this.build.id });
    expect(await this.fleet.buildsOf(this.request)).toHaveLength(1);
    expect(this.starts()).toHaveLength(1);
    expect(this.#read('stops')).toBe('');
    const printed = this.printed();
    const stored = await this.fleet.raw(this.log);
    expect(sha256(stored)).toBe(sha256(printed));
    const followed = await this.follower.done;
    expect(sha256(followed)).toBe(sha256(printed));
  }

  /** What the command has printed. */
  printed(): Uint8Array {
    return this.#bytes('printed');
  }

  /** One line for each time that the command was started. */
  starts(): string[] {
    return this.#read('starts').split('\n').filter(Boolean);
  }

  /** Process ids of commands that were started and still live. */
  living(): number[] {
    return this.starts()
      .map((line) => Number(line.split(' ')[0]))
      .filter((pid) => fs.existsSync(`/proc/${pid}/environ`) && isAlive(pid));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.follower.stop();
    await this.fleet[Symbol.asyncDispose]();
    fs.rmSync(this.#emitted, { recursive: true, force: true });
  }

  async #lines(): Promise<number> {
    const steps = await this.fleet.steps(this.build.id);
    return steps.flatMap((step) => step.logs).find(({ id }) => id === this.log)?.lines ?? 0;
  }

  #bytes(name: string): Uint8Array {
    const file = path.join(this.#emitted, name);
    return fs.existsSync(file) ? fs.readFileSync(file) : new Uint8Array();
  }

  #read(name: string): string {
    return Buffer.from(this.#bytes(name)).toString('utf8');
  }
}

function isAlive(pid: number): boolean {
  try {
    return !/\) Z/.test(fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
