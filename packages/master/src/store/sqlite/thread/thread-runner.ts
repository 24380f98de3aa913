import type { Worker } from 'node:worker_threads';
import { assert, AssertionError, unreachable } from '@millrace/kernel/assert';
import type { Clock } from '@millrace/kernel/clock';
import { MillraceError } from '@millrace/kernel/errors';
import type { SignalWants } from '../../operation.ts';
import { viewsIn } from '../bytes-in.ts';
import type { Call } from '../call.ts';
import type { GroupResult } from '../engine.ts';
import type { GroupRunner } from '../group-runner.ts';
import { beginStoreThread } from './begin-store-thread.ts';
import { fromWireError, fromWireOutcome } from './wire.ts';
import type { FromThread, ThreadOptions, ToThread, WireCall, WireGroupResult } from './wire.ts';

/** Runs operations in a thread of the store's own. */
export class ThreadRunner implements GroupRunner {
  readonly #worker: Worker;
  readonly #clock: Clock;
  #group: ((result: GroupResult) => void) | undefined;
  #ended: Error | undefined;
  #closing = false;
  readonly #over: Promise<void>;

  private constructor(worker: Worker, clock: Clock, onDeath?: (error: Error) => void) {
    this.#clock = clock;
    this.#worker = worker;
    this.#over = new Promise((resolve) => {
      worker.once('exit', () => {
        this.#end(new MillraceError('store-closed', "The store's thread has ended."));
        if (!this.#closing && this.#ended) onDeath?.(this.#ended);
        resolve();
      });
    });
    worker.on('error', (error) => this.#end(error));
    worker.on('message', (message: FromThread) => this.#hear(message));
  }

  /**
   * `worker`: a thread that has begun already, and is this runner's from now on.
   * @throws what opening the store threw
   */
  static async open(
    options: ThreadOptions,
    clock: Clock,
    onDeath?: (error: Error) => void,
    worker: Worker = beginStoreThread(),
  ): Promise<{ runner: ThreadRunner; epoch: string }> {
    const first = await new Promise<FromThread>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      const message: ToThread = { kind: 'open', options };
      worker.postMessage(message, options.sampling ? [options.sampling] : []);
    });
    if (first.kind === 'not-opened') {
      await worker.terminate();
      throw fromWireError(first.error);
    }
    assert(first.kind === 'ready', "the thread's first word is whether it is ready");
    return { runner: new ThreadRunner(worker, clock, onDeath), epoch: first.epoch };
  }

  commitGroup(calls: readonly Call[], wants: SignalWants): Promise<GroupResult> {
    assert(this.#group === undefined, 'one group is under way at a time');
    return new Promise((resolve) => {
      this.#group = resolve;
      const wire: WireCall[] = [];
      const transfer: ArrayBuffer[] = [];
      for (const call of calls) wire.push(toWireCall(call, transfer));
      this.#post({ kind: 'group', now: this.#clock.now(), calls: wire, wants }, transfer);
    });
  }

  async close(): Promise<void> {
    this.#closing = true;
    if (!this.#ended) this.#post({ kind: 'close' }, []);
    await this.#over;
  }

  #post(message: ToThread, transfer: readonly ArrayBuffer[]): void {
    if (this.#ended) {
      const error = this.#ended;
      queueMicrotask(() => this.#end(error));
    } else this.#worker.postMessage(message, transfer);
  }

  #hear(message: FromThread): void {
    switch (message.kind) {
      case 'group-done': {
        const group = this.#group;
        this.#group = undefined;
        group?.(fromWireResult(message.result));
        return;
      }
      case 'closed':
        return;
      case 'ready':
      case 'not-opened':
        throw new AssertionError('the thread says once how it opened');
      default:
        unreachable(message);
    }
  }

  /** Everybody who waits is told; whether a group that was under way was committed is not known. */
  #end(error: Error): void {
    this.#ended ??= error;
    const group = this.#group;
    this.#group = undefined;
    group?.({ kind: 'failed', error: this.#ended });
  }
}

/**
 * Bytes are handed over, not copied: a view of a whole buffer as it is, a view of a part (of a pool, of a connection's
 * buffer) as a copy of its exact size, because a copy between threads would take the whole buffer with it.
 */
function toWireCall(call: Call, transfer: ArrayBuffer[]): WireCall {
  const views = viewsIn(call.input);
  const { name } = call.operation;
  if (views.length === 0) return { name, input: call.input };
  const exact = new Map(views.map((view) => [view, exactly(view)]));
  for (const view of exact.values()) transfer.push(view.buffer);
  return { name, input: withViews(call.input, exact) };
}

function exactly(view: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = view.buffer instanceof ArrayBuffer && view.byteLength === view.buffer.byteLength;
  return whole ? new Uint8Array(view.buffer) : new Uint8Array(view);
}

function withViews(input: unknown, exact: ReadonlyMap<Uint8Array, Uint8Array>): unknown {
  if (input instanceof Uint8Array) return exact.get(input) ?? input;
  if (Array.isArray(input)) return input.map((part: unknown) => withViews(part, exact));
  if (typeof input !== 'object' || input === null) return input;
  return Object.fromEntries(Object.entries(input).map(([key, part]) => [key, withViews(part, exact)]));
}

function fromWireResult(result: WireGroupResult): GroupResult {
  if (result.kind === 'failed') return { kind: 'failed', error: fromWireError(result.error) };
  return { ...result, outcomes: result.outcomes.map(fromWireOutcome) };
}
