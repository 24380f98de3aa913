import type { Clock } from '@millrace/kernel/clock';
import { every } from '@millrace/kernel/clock';
import type { ProcessKeeper } from './process-keeper.ts';

export interface SupervisorParts {
  readonly clock: Clock;
  readonly agent: ProcessKeeper;
  readonly slots: readonly ProcessKeeper[];
  /** Slots of an earlier start that had more of them: their builds end. */
  readonly surplus: readonly ProcessKeeper[];
  /** The agent that may run was started with other settings: it is replaced. */
  readonly agentIsOld: boolean;
  /** Kills what is left of any build's commands. */
  readonly endLeftovers: () => void;
  /** Keeps the processes' log files small. */
  readonly rotateLogs: () => void;
}

/** A slot has the time that a command's tree has between SIGTERM and SIGKILL, and some more to write it down. */
const slotEndMs = 15_000;
/** The agent sends the slots' last words first. */
const agentEndMs = 4_000;
const rotateEveryMs = 60_000;

/**
 * Keeps one agent and the slots, which are processes of their own and outlive it: killed, it costs nothing, and the
 * next one takes up what runs.
 */
export class Supervisor {
  readonly #parts: SupervisorParts;

  constructor(parts: SupervisorParts) {
    this.#parts = parts;
  }

  /**
   * Runs until one of the signals aborts: `stop` ends the slots with their builds' commands, then the agent, and
   * nothing is left running; `leave` lets them all go on.
   */
  async run(stop: AbortSignal, leave: AbortSignal): Promise<void> {
    const { clock, agent, slots, surplus, agentIsOld, rotateLogs } = this.#parts;
    await Promise.all(surplus.map((slot) => slot.end(slotEndMs)));
    if (agentIsOld) await agent.end(agentEndMs, 'SIGINT');
    const rotation = every(clock, rotateEveryMs, rotateLogs);
    const over = AbortSignal.any([stop, leave]);
    await Promise.all([agent, ...slots].map((keeper) => keeper.run(over)));
    rotation.cancel();
    if (stop.aborted) await this.#end();
  }

  async #end(): Promise<void> {
    const { agent, slots, endLeftovers } = this.#parts;
    await Promise.all(slots.map((slot) => slot.end(slotEndMs)));
    endLeftovers();
    await agent.end(agentEndMs);
  }
}
