/* The store's own thread: opens the engine, runs groups one after the other, answers after the commit. */
import { parentPort } from 'node:worker_threads';
import { assert, unreachable } from '@millrace/kernel/assert';
import { sweepHeap } from '@millrace/kernel/heap-sweep';
import { systemRandom } from '@millrace/kernel/random';
import type { SignalWants } from '../../operation.ts';
import { modules } from '../../operations/all.ts';
import { viewsIn } from '../bytes-in.ts';
import type { Call } from '../call.ts';
import { openEngine } from '../open-engine.ts';
import type { OpenedEngine } from '../open-engine.ts';
import { tellSqliteError } from '../sqlite-errors.ts';
import { OperationRegister } from './operation-register.ts';
import { sampleSelf } from './self-sampler.ts';
import { toWireError, toWireOutcome } from './wire.ts';
import type { FromThread, ThreadOptions, ToThread, WireCall, WireGroupResult } from './wire.ts';

assert(parentPort, 'this is a thread');
const port = parentPort;
const register = new OperationRegister();

/** The owner's time, as it was told last. */
let now = 0;
let engine: OpenedEngine | undefined;

const tell = (message: FromThread): void => port.postMessage(message);
const callOf = ({ name, input }: WireCall): Call => ({ operation: register.get(name), input });

function commitGroup(opened: OpenedEngine, calls: readonly WireCall[], wants: SignalWants): WireGroupResult {
  const result = opened.engine.commitGroup(calls.map(callOf), wants);
  switch (result.kind) {
    case 'committed':
      return { ...result, outcomes: result.outcomes.map(toWireOutcome) };
    case 'failed':
      return { kind: 'failed', error: toWireError(result.error) };
    case 'crashed':
      throw new Error('a thread has no hooks to crash in');
    default:
      return unreachable(result);
  }
}

/**
 * Gives back what was handed over, now: this thread allocates little else, so that its garbage collection would come
 * late and often for nothing but these.
 */
function freeInputs(calls: readonly WireCall[]): void {
  for (const { input } of calls)
    for (const { buffer } of viewsIn(input)) if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}

async function open(options: ThreadOptions): Promise<void> {
  try {
    for (const module of modules) register.addModule(module);
    for (const url of options.operationModules)
      register.addModule((await import(url)) as Record<string, unknown>);
    const { folder, synchronous } = options;
    engine = openEngine({ folder, synchronous, now: () => now, random: systemRandom });
    if (options.sampling) sampleSelf(options.sampling);
    tell({ kind: 'ready', epoch: engine.epoch });
  } catch (error) {
    tell({ kind: 'not-opened', error: toWireError(tellSqliteError(error)) });
    port.close();
  }
}

function opened(): OpenedEngine {
  assert(engine, 'the owner waits until it is open');
  return engine;
}

function hear(message: ToThread): void {
  switch (message.kind) {
    case 'open':
      void open(message.options);
      return;
    case 'group':
      now = message.now;
      tell({ kind: 'group-done', result: commitGroup(opened(), message.calls, message.wants) });
      freeInputs(message.calls);
      return;
    case 'sweep':
      void sweepHeap();
      return;
    case 'close':
      opened().close();
      tell({ kind: 'closed' });
      port.close();
      return;
    default:
      unreachable(message);
  }
}

port.on('message', hear);
