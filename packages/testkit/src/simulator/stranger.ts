import { unreachable } from '@millrace/kernel/assert';
import { sleep } from '@millrace/kernel/clock';
import type { Connection } from '@millrace/protocol/agent/connection';
import { frameHeadBytes, writeFrameHead } from '@millrace/protocol/agent/frame';
import { agentProtocolVersion, frameBytesMax } from '@millrace/protocol/agent/messages';
import type { FromAgent, Holding } from '@millrace/protocol/agent/messages';
import { listJournals } from '@millrace/worker/journal/journal-file';
import { Mortal } from './mortal.ts';
import type { Manner } from './scenario.ts';
import type { WorkerMachine } from './worker-machine.ts';
import { outsider } from './world.ts';
import type { World } from './world.ts';

/** How long they stay, where the master does not send them away. */
const staysMs = 15_000;

/** They come, do it, and go. Nothing that is recorded may change by it. */
export function intrude(world: World, machine: WorkerMachine, manner: Manner): void {
  const address = world.random.pick(world.masterNames);
  world.trace.say('stranger', `comes to ${address}: ${manner}`);
  const stranger = new Mortal(`stranger ${manner}`);
  const { before, after } = wordsOf(manner, machine);
  let connection: Connection | undefined;
  const say = (words: readonly (string | Uint8Array)[]): void => {
    for (const word of words) connection?.send(word);
  };
  const events = {
    onMessage: (message: string | Uint8Array) => {
      if (typeof message === 'string' && message.includes('"type":"welcome"')) say(after);
    },
    onDrain: () => undefined,
    onClose: () => stranger.kill(),
  };
  const connect = world.network.connector(stranger, address);
  connect(events, new AbortController().signal).then(
    (made) => {
      connection = made;
      say(before);
    },
    () => stranger.kill(),
  );
  void sleep(world.clock, staysMs).then(() => stranger.kill());
}

type Words = readonly (string | Uint8Array)[];

/** What they say at once, and what when they are welcome. */
function wordsOf(manner: Manner, machine: WorkerMachine): { readonly before: Words; readonly after: Words } {
  const hello = helloOf({ worker: outsider });
  switch (manner) {
    case 'silent':
      return { before: [], after: [] };
    case 'no-json':
      return { before: ['GET / HTTP/1.1'], after: [] };
    case 'unknown-message':
      return { before: [text({ type: 'dance' })], after: [] };
    case 'unknown-worker':
      return { before: [helloOf({ worker: 'nobody' })], after: [] };
    case 'other-version':
      return { before: [helloOf({ worker: outsider, version: agentProtocolVersion + 1 })], after: [] };
    case 'hello-twice':
      return { before: [hello, hello], after: [] };
    case 'heartbeat-before-hello':
      return { before: [text({ type: 'heartbeat', number: 1 })], after: [] };
    case 'frame-before-hello':
      return { before: [frameOf({ build: 1, fence: 1 }, Uint8Array.of(1))], after: [] };
    case 'short-frame':
      return { before: [hello], after: [Uint8Array.of(1, 1, 0)] };
    case 'long-frame':
      return { before: [hello], after: [new Uint8Array(frameBytesMax + 1)] };
    case 'empty-frame':
      return { before: [hello], after: [frameOf({ build: 1, fence: 1 }, new Uint8Array(0))] };
    case 'others-build':
      return { before: [hello], after: aboutBuildsOf(machine) };
    case 'twin':
      return { before: [helloOf({ worker: machine.name })], after: [] };
    default:
      return unreachable(manner);
  }
}

/** Everything that its holder could say of a build, said by somebody else. */
function aboutBuildsOf(machine: WorkerMachine): Words {
  return listJournals(machine.disk, '/spool').flatMap((file) => {
    const { build, fence } = file;
    const bytes = machine.disk.open(file.path);
    return [
      frameOf(file, bytes.read(0, Math.min(bytes.size(), frameBytesMax - frameHeadBytes))),
      text({ type: 'refused', build, fence, message: 'no' }),
      text({ type: 'forked', build, fence, byte: 1 }),
      text({ type: 'room', room: { accepts: false, message: 'full' } }),
    ];
  });
}

function helloOf(given: { readonly worker: string; readonly version?: number }): string {
  const facts = {
    os: 'unknown',
    architecture: 'none',
    hostname: 'elsewhere',
    cpus: 1,
    memoryBytes: 1,
    version: '0',
  };
  const rest = {
    spool: 'spool-of-a-stranger',
    slots: 1,
    facts,
    journals: [],
    room: { accepts: true },
  } as const;
  return text({ type: 'hello', version: agentProtocolVersion, ...given, ...rest });
}

function text(message: FromAgent | { readonly type: 'dance' }): string {
  return JSON.stringify(message);
}

function frameOf({ build, fence }: Holding, records: Uint8Array): Uint8Array {
  const frame = new Uint8Array(frameHeadBytes + records.length);
  writeFrameHead(frame, { build, fence, byte: 0 });
  frame.set(records, frameHeadBytes);
  return frame;
}
