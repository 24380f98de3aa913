import type { Clock } from '@millrace/kernel/clock';
import { MillraceError } from '@millrace/kernel/errors';
import type { Command, CommandEvents, CommandStart, Platform, TreeSignal } from '@millrace/worker/platform';
import type { Act } from './scripted-command.ts';
import { ScriptedCommand } from './scripted-command.ts';

/** What a command does, decided when it is started. `undefined`: there is no such command. */
export type ScriptOf = (start: CommandStart) => readonly Act[] | undefined;

/**
 * A machine whose commands are scripts under a virtual clock. It outlives the processes of the worker that
 * run on it: each is handed a platform of its own by {@link lend}, and when it is killed its commands stay.
 */
export class ScriptedPlatform implements Platform {
  readonly #clock: Clock;
  readonly #scriptOf: ScriptOf;
  readonly #commands: ScriptedCommand[] = [];

  constructor(clock: Clock, scriptOf: ScriptOf) {
    this.#clock = clock;
    this.#scriptOf = scriptOf;
  }

  /** Every command that was ever started, in order. */
  get started(): readonly CommandStart[] {
    return this.#commands.map((command) => command.start);
  }

  /** Markers of the trees that live. A test's teardown asserts that there are none. */
  get alive(): readonly string[] {
    return this.#commands.filter((command) => command.treeAlive()).map((command) => command.start.marker);
  }

  startCommand(start: CommandStart, events: CommandEvents): Command {
    const acts = this.#scriptOf(start);
    if (acts === undefined)
      throw new MillraceError('spawn-failed', `The command '${start.args[0]}' was not found.`);
    const command = new ScriptedCommand(this.#clock, start, acts, events);
    this.#commands.push(command);
    return command;
  }

  signalMarked(prefix: string, signal?: TreeSignal): number {
    const marked = this.#commands.filter((one) => one.start.marker.startsWith(prefix) && one.treeAlive());
    if (signal !== undefined) for (const command of marked) command.signalTree(signal);
    return marked.length;
  }

  /** The machine stops, and everything that runs on it. Nobody is told. */
  stopMachine(): void {
    for (const command of this.#commands) {
      command.loseReader();
      command.signalTree('SIGKILL');
    }
  }

  /** A platform for one process. `revoke` is that process's death: its commands are heard of no more. */
  lend(): { readonly platform: Platform; readonly revoke: () => void } {
    const own: ScriptedCommand[] = [];
    return {
      platform: {
        startCommand: (start, events) => {
          const command = this.startCommand(start, events) as ScriptedCommand;
          own.push(command);
          return command;
        },
        signalMarked: (prefix, signal) => this.signalMarked(prefix, signal),
      },
      revoke: () => {
        for (const command of own) command.loseReader();
      },
    };
  }
}
