import type { MessagePort } from 'node:worker_threads';
import { AssertionError } from '@millrace/kernel/assert';
import { MillraceError } from '@millrace/kernel/errors';
import type { SignalWants } from '../../operation.ts';
import type { Outcome } from '../call.ts';
import type { GroupResult } from '../engine.ts';
import type { Synchronous } from '../open-engine.ts';

/*
 * What the store's thread and its owner say to each other. `now` is the owner's clock, milliseconds since 1970: the
 * store has no other. Operations are named: their code is on both sides. Errors are
 * taken apart and put together again, because a copy of one between threads loses its class and its code.
 */
export interface ThreadOptions {
  readonly folder: string;
  readonly synchronous: Synchronous;
  /** Modules whose exported operations are known to the thread beside the store's own. */
  readonly operationModules: readonly string[];
  /** Where the thread is asked to sample itself: `self-sampler.ts`. */
  readonly sampling?: MessagePort | undefined;
}

export interface WireCall {
  readonly name: string;
  readonly input: unknown;
}

export type ToThread =
  /** Once, before anything else. */
  | { readonly kind: 'open'; readonly options: ThreadOptions }
  | {
      readonly kind: 'group';
      readonly now: number;
      readonly calls: readonly WireCall[];
      readonly wants: SignalWants;
    }
  /** Not answered: garbage is to be collected. */
  | { readonly kind: 'sweep' }
  | { readonly kind: 'close' };

export type FromThread =
  | { readonly kind: 'ready'; readonly epoch: string }
  | { readonly kind: 'not-opened'; readonly error: WireError }
  | { readonly kind: 'group-done'; readonly result: WireGroupResult }
  | { readonly kind: 'closed' };

export interface WireError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly code: string | undefined;
  readonly cause: WireError | undefined;
}

export type WireOutcome =
  | { readonly kind: 'answered'; readonly answer: unknown }
  | { readonly kind: 'threw'; readonly error: WireError };

export type WireGroupResult =
  | (Omit<Extract<GroupResult, { kind: 'committed' }>, 'outcomes'> & {
      readonly outcomes: readonly WireOutcome[];
    })
  | { readonly kind: 'failed'; readonly error: WireError };

export function toWireError(error: unknown): WireError {
  if (!(error instanceof Error))
    return { name: 'Error', message: String(error), stack: undefined, code: undefined, cause: undefined };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const cause = error.cause === undefined ? undefined : toWireError(error.cause);
  return { name: error.name, message: error.message, stack: error.stack, code, cause };
}

export function fromWireError(wire: WireError): Error {
  const cause = wire.cause && fromWireError(wire.cause);
  const error = make(wire, cause === undefined ? {} : { cause });
  if (wire.stack !== undefined) error.stack = wire.stack;
  return error;
}

function make(wire: WireError, options: { cause?: Error }): Error {
  if (wire.name === 'MillraceError' && wire.code !== undefined)
    return new MillraceError(wire.code, wire.message, options);
  if (wire.name === 'AssertionError') return new AssertionError(wire.message, options);
  return Object.assign(new Error(wire.message, options), wire.code === undefined ? {} : { code: wire.code });
}

export function toWireOutcome(outcome: Outcome): WireOutcome {
  return outcome.kind === 'answered' ? outcome : { kind: 'threw', error: toWireError(outcome.error) };
}

export function fromWireOutcome(outcome: WireOutcome): Outcome {
  return outcome.kind === 'answered' ? outcome : { kind: 'threw', error: fromWireError(outcome.error) };
}
