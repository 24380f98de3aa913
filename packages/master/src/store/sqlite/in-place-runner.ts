import type { SignalWants } from '../operation.ts';
import type { Call } from './call.ts';
import type { GroupResult } from './engine.ts';
import type { GroupRunner } from './group-runner.ts';
import type { OpenedEngine } from './open-engine.ts';

/** Runs operations in this thread: nothing is copied, and the thread waits for the disk. */
export class InPlaceRunner implements GroupRunner {
  readonly #opened: OpenedEngine;

  constructor(opened: OpenedEngine) {
    this.#opened = opened;
  }

  async commitGroup(calls: readonly Call[], wants: SignalWants): Promise<GroupResult> {
    return this.#opened.engine.commitGroup(calls, wants);
  }

  async close(): Promise<void> {
    this.#opened.close();
  }
}
