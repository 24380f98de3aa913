import { assert, unreachable } from '@millrace/kernel/assert';
import type { Clock } from '@millrace/kernel/clock';
import { sleep } from '@millrace/kernel/clock';
import { codeOf, messageOf } from '@millrace/kernel/errors';
import type { RunOrder } from '@millrace/protocol/agent/messages';
import type { Fact } from '@millrace/protocol/journal/record';
import type { LogStream, PlannedLimit, PlannedStep } from '@millrace/protocol/plan';
import type { PropertyValue } from '@millrace/protocol/property';
import type { Disk } from '../disk.ts';
import type { FileLocks } from '../file-lock.ts';
import { isFull } from '../journal/journal-writer.ts';
import type { Urgency } from '../journal/urgency.ts';
import type { BytePatterns } from '../masking/byte-patterns.ts';
import { MaskedLog } from './masked-log.ts';
import type { Compressor } from '../output/compressor.ts';
import { LogWriter } from '../output/log-writer.ts';
import type { Platform, ProcessEnd } from '../platform.ts';
import { runCheckout } from '../sources/checkout.ts';
import { CommandRun } from '../steps/command-run.ts';
import { stepEnvironment } from '../steps/environment.ts';
import type { Environment } from '../steps/environment.ts';
import { LimitClocks } from '../steps/limit-clocks.ts';
import { runLink } from '../steps/link.ts';
import { runSetProperty } from '../steps/set-property.ts';
import { runSh } from '../steps/sh.ts';
import type { CommandEnd, StepCommand, StepContext, StepLog, StepOutcome } from '../steps/step.ts';
import type { BuildSite } from './build-site.ts';
import type { BuildProperties } from './build-properties.ts';
import { stepMarker } from './marker.ts';

/** What steps are made with. */
export interface StepParts {
  readonly clock: Clock;
  readonly disk: Disk;
  readonly locks: FileLocks;
  readonly platform: Platform;
  readonly compress: Compressor;
}

/** The slot and its surroundings, as far as steps see them. */
export interface StepPlace {
  readonly slot: number;
  readonly worker: string;
  readonly spoolId: string;
  /** The worker's data folder: `builds/` and `mirrors/` are below it. */
  readonly data: string;
  /** What steps inherit: see `inheritedEnvironment`. */
  readonly environment: Environment;
}

/** The build, as far as its steps see it. */
export interface StepBuild {
  readonly order: RunOrder;
  readonly properties: BuildProperties;
  append(fact: Fact, urgency: Urgency): void;
  /** The number of the next log. */
  nextLog(): number;
  /** How long its output waits for more, in ms; null: nobody watches it. */
  watchedWindowMs(log: number): number | null;
  /** What no log may hold. */
  readonly secretPatterns?: BytePatterns | undefined;
  readonly site: BuildSite;
}

/** One try of a step: its logs, its commands one after the other, its limits. */
export class StepTry {
  readonly #parts: StepParts;
  readonly #place: StepPlace;
  readonly #build: StepBuild;
  readonly #index: number;
  readonly #number: number;
  readonly #step: PlannedStep;
  readonly #clocks: LimitClocks;
  readonly #stopping = new AbortController();
  readonly #logs: MaskedLog[] = [];
  #command: CommandRun | undefined;
  #limit: PlannedLimit | undefined;
  #killGraceMs: number;
  #heldSinceMs: number | undefined;
  #abandoned = false;

  constructor(parts: StepParts, place: StepPlace, build: StepBuild, index: number, number: number) {
    const step = build.order.plan.steps[index];
    assert(step !== undefined, 'the plan has the step');
    this.#parts = parts;
    this.#place = place;
    this.#build = build;
    this.#index = index;
    this.#number = number;
    this.#step = step;
    this.#killGraceMs = step.killGraceMs;
    this.#clocks = new LimitClocks(parts.clock, step.limits, (limit) => {
      this.#limit = limit;
      this.stop();
    });
  }

  /** Resolves when nothing of the try is left, its logs are closed and its end is not yet said. */
  async run(): Promise<StepOutcome> {
    if (this.#heldSinceMs === undefined) this.#clocks.start();
    const outcome = await this.#outcome();
    this.#clocks.stop();
    if (this.#abandoned) {
      for (const log of this.#logs) log.abandon();
      return outcome;
    }
    this.release();
    this.#clocks.stop();
    for (const log of this.#logs) log.close();
    if (this.#limit === undefined) return outcome;
    return {
      ...outcome,
      result: 'failure',
      reason: 'timed-out',
      limit: this.#limit,
      message: this.#timedOut(),
    };
  }

  /** Whether a stop, and not the step itself, decides how it ended. */
  get stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  /** Ends what runs. `killGraceMs`: less than the step's own where there is no time for that. */
  stop(killGraceMs = Infinity): void {
    this.#killGraceMs = Math.min(this.#killGraceMs, killGraceMs);
    this.#stopping.abort();
    this.#command?.stop(this.#killGraceMs);
  }

  /** Ends what runs, and says nothing more: no output, no end of a log. */
  abandon(): void {
    this.#abandoned = true;
    this.stop();
    this.#command?.resume();
  }

  /** There is no room for output: it waits, and the clocks of the limits stand still. */
  hold(): void {
    if (this.#heldSinceMs !== undefined) return;
    this.#heldSinceMs = this.#parts.clock.monotonicMs();
    this.#clocks.stop();
    this.#command?.pause();
    this.#build.append({ kind: 'clocks-stopped', step: this.#index }, 'soon');
  }

  release(): void {
    if (this.#heldSinceMs === undefined) return;
    const stoppedMs = this.#parts.clock.monotonicMs() - this.#heldSinceMs;
    this.#heldSinceMs = undefined;
    this.#build.append({ kind: 'clocks-resumed', step: this.#index, stoppedMs }, 'soon');
    this.#clocks.start();
    this.#command?.resume();
  }

  watchedChanged(): void {
    for (const log of this.#logs) log.setWatched(this.#build.watchedWindowMs(log.log));
  }

  async #outcome(): Promise<StepOutcome> {
    try {
      return await this.#runKind(this.#step, await this.#context());
    } catch (thrown) {
      return outcomeOfError(thrown);
    }
  }

  #runKind(step: PlannedStep, context: StepContext): Promise<StepOutcome> {
    switch (step.kind) {
      case 'sh':
        return runSh(step, context);
      case 'checkout':
        return runCheckout(step, context);
      case 'set-property':
        return runSetProperty(step, context);
      case 'link':
        return runLink(step, context);
      default:
        return unreachable(step);
    }
  }

  async #context(): Promise<StepContext> {
    const { build, builder, number, plan } = this.#build.order;
    const properties = this.#build.properties.all;
    const { worker, slot, data, environment } = this.#place;
    const { site } = this.#build;
    await site.ready();
    // A step may have removed it.
    this.#parts.disk.makeFolder(site.folder);
    const facts = {
      build,
      builder,
      number,
      worker,
      slot,
      branch: plan.source?.branch,
      revision: plan.source?.revision,
      ...(this.#step.retry !== undefined && { try: this.#number }),
    };
    const env = stepEnvironment({
      inherited: { ...environment, TMPDIR: site.temporary },
      facts,
      properties,
      planned: [plan.env, this.#step.env],
      secrets: this.#build.order.secrets ?? {},
    });
    return {
      buildFolder: site.folder,
      dataFolder: data,
      mirrorsFolder: site.mirrors,
      source: plan.source,
      properties,
      secrets: this.#build.order.secrets ?? {},
      env,
      disk: this.#parts.disk,
      locks: this.#parts.locks,
      openLog: (name, stream) =>
        this.#openLog(this.#number === 1 ? name : `${name} (try ${this.#number})`, stream),
      noteCommand: (note) => this.#append({ kind: 'command-started', step: this.#index, ...note }, 'opening'),
      setProperty: (name, value) => this.#setProperty(name, value),
      addLink: (url) => this.#append({ kind: 'link-added', step: this.#index, url }, 'soon'),
      run: (command) => this.#run(command),
      sleep: async (ms) => {
        await sleep(this.#parts.clock, ms, this.#stopping.signal);
        return !this.stopped;
      },
    };
  }

  #openLog(name: string, stream: LogStream): StepLog {
    const { clock, compress } = this.#parts;
    const log = this.#build.nextLog();
    const writer = new MaskedLog(
      new LogWriter({
        clock,
        compress,
        append: (fact, urgency) => this.#append(fact, urgency),
        log,
        bytesMax: this.#step.logBytesMax,
      }),
      this.#build.secretPatterns,
    );
    this.#logs.push(writer);
    this.#build.append({ kind: 'log-opened', step: this.#index, log, name, stream }, 'opening');
    writer.setWatched(this.#build.watchedWindowMs(log));
    return {
      write: (bytes) => {
        this.#clocks.output();
        if (!this.#abandoned) writer.write(bytes);
      },
    };
  }

  #setProperty(name: string, value: PropertyValue): StepOutcome | undefined {
    const full = this.#build.properties.set(name, value);
    if (full !== undefined) return { result: 'exception', reason: 'quota-exceeded', message: full };
    this.#append({ kind: 'property-set', step: this.#index, name, value }, 'soon');
    return undefined;
  }

  #append(fact: Fact, urgency: Urgency): void {
    if (!this.#abandoned) this.#build.append(fact, urgency);
  }

  async #run(command: StepCommand): Promise<CommandEnd> {
    if (this.stopped) return { kind: 'stopped' };
    const { clock, platform } = this.#parts;
    const { args, folder, env, output } = command;
    const separateStreams = !('combined' in output);
    const marker = stepMarker(this.#place.spoolId, this.#build.order, this.#index);
    let run: CommandRun;
    try {
      run = new CommandRun(
        { args, folder, env, separateStreams, marker },
        {
          clock,
          platform,
          killGraceMs: this.#killGraceMs,
          onOutput: (stream, bytes) => {
            if ('combined' in output) output.combined.write(bytes);
            else output[stream === 'stderr' ? 'stderr' : 'stdout'].write(bytes);
          },
        },
      );
    } catch (thrown) {
      if (codeOf(thrown) !== 'spawn-failed') throw thrown;
      return { kind: 'not-started', message: messageOf(thrown) };
    }
    this.#command = run;
    if (this.#heldSinceMs !== undefined) run.pause();
    const end = await run.done;
    this.#command = undefined;
    return this.stopped && this.#limit === undefined ? { kind: 'stopped' } : commandEnd(end);
  }

  #timedOut(): string {
    const { noOutputMs = 0, totalMs = 0 } = this.#step.limits;
    return this.#limit === 'total'
      ? `The step ran longer than its limit of ${totalMs / 1000} s.`
      : `The step had no output for ${noOutputMs / 1000} s.`;
  }
}

function commandEnd(end: ProcessEnd | undefined): CommandEnd {
  if (end === undefined) return { kind: 'signalled', signal: 'SIGKILL' };
  if (end.signal !== null) return { kind: 'signalled', signal: end.signal };
  return { kind: 'exited', exitCode: end.exitCode ?? 0 };
}

function outcomeOfError(thrown: unknown): StepOutcome {
  const message = messageOf(thrown);
  if (isFull(thrown)) return { result: 'exception', reason: 'disk-full', message };
  if (codeOf(thrown) === 'property-missing') return { result: 'exception', reason: 'plan-failed', message };
  if (codeOf(thrown) === 'secret-missing') return { result: 'exception', reason: 'secret-missing', message };
  return { result: 'exception', message };
}

/** A fact's message has at most 4,000. */
export const messageCharactersMax = 4_000;
