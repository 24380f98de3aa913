import type { Clock, Timer } from '@millrace/kernel/clock';
import { unreachable } from '@millrace/kernel/assert';
import type { Command, CommandStart, OutputStream, Platform, ProcessEnd } from '../platform.ts';
import { commandStarted, onCommandInput } from './command-state.ts';
import type { CommandEffect, CommandInput, CommandState } from './command-state.ts';

/** How long a grandchild may hold the output of a command that has gone. */
export const drainMs = 2_000;
/** How long what a command left running has between SIGTERM and SIGKILL, where its own grace time is longer. */
export const leftoverGraceMs = 2_000;
/** How long a killed process may hang in the kernel until it is given up. */
const giveUpMs = 30_000;
const lookLaterMs = 20;

export interface CommandRunOptions {
  readonly clock: Clock;
  readonly platform: Platform;
  /** Between SIGTERM and SIGKILL. */
  readonly killGraceMs: number;
  /** The bytes are only lent. */
  readonly onOutput: (stream: OutputStream, bytes: Uint8Array) => void;
}

/** Runs one command until nothing of it is left. The decisions are `command-state.ts`'s. */
export class CommandRun {
  readonly #options: CommandRunOptions;
  readonly #command: Command;
  readonly #done: Promise<ProcessEnd | undefined>;
  #tellDone: (end: ProcessEnd | undefined) => void = () => undefined;
  #state: CommandState = commandStarted;
  #killGraceMs: number;
  #paused = false;
  #wait: Timer | undefined;
  #waitsForDrain = false;
  #look: Timer | undefined;

  /** @throws MillraceError `spawn-failed`. */
  constructor(start: CommandStart, options: CommandRunOptions) {
    this.#options = options;
    this.#killGraceMs = options.killGraceMs;
    this.#done = new Promise((resolve) => {
      this.#tellDone = resolve;
    });
    this.#command = options.platform.startCommand(start, {
      onOutput: options.onOutput,
      onExit: (end) => this.#input({ type: 'exit', end }),
      onOutputEnd: () => this.#input({ type: 'output-end' }),
    });
  }

  /** How its own process ended; undefined where it could not be ended. */
  get done(): Promise<ProcessEnd | undefined> {
    return this.#done;
  }

  /** Stops taking output: the command blocks at its next write. Whoever pauses resumes, or stops. */
  pause(): void {
    if (this.#paused || this.#state.phase === 'settling') return;
    this.#paused = true;
    this.#command.pause();
    if (this.#waitsForDrain) this.#wait?.cancel();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#command.resume();
    if (this.#waitsForDrain) this.#startWait(drainMs);
  }

  /** Ends the whole tree. `killGraceMs`: less than the command's own where there is no time for that. */
  stop(killGraceMs = Infinity): void {
    this.#killGraceMs = Math.min(this.#killGraceMs, killGraceMs);
    this.#input({ type: 'stop' });
  }

  #input(input: CommandInput): void {
    const { state, effects } = onCommandInput(this.#state, input);
    this.#state = state;
    for (const effect of effects) this.#perform(effect);
  }

  #perform(effect: CommandEffect): void {
    switch (effect.do) {
      case 'look':
        this.#input({ type: 'looked', alive: this.#command.treeAlive() });
        return;
      case 'look-later':
        this.#look = this.#options.clock.after(lookLaterMs, () => this.#perform({ do: 'look' }));
        return;
      case 'signal':
        this.#command.signalTree(effect.signal);
        return;
      case 'wait':
        this.#waitsForDrain = effect.for === 'drain';
        if (this.#waitsForDrain && this.#paused) this.#wait?.cancel();
        else this.#startWait(this.#waitMs(effect.for));
        return;
      case 'read-rest':
        this.resume();
        return;
      case 'abandon-output':
        this.#command.abandonOutput();
        return;
      case 'tell-done':
        this.#wait?.cancel();
        this.#look?.cancel();
        this.#tellDone(this.#state.phase === 'done' ? this.#state.end : undefined);
        return;
      default:
        unreachable(effect);
    }
  }

  #startWait(ms: number): void {
    this.#wait?.cancel();
    this.#wait = this.#options.clock.after(ms, () => this.#input({ type: 'time' }));
  }

  #waitMs(reason: 'drain' | 'grace' | 'leftover-grace' | 'give-up'): number {
    switch (reason) {
      case 'drain':
        return drainMs;
      case 'grace':
        return this.#killGraceMs;
      case 'leftover-grace':
        return Math.min(this.#killGraceMs, leftoverGraceMs);
      case 'give-up':
        return giveUpMs;
      default:
        return unreachable(reason);
    }
  }
}
