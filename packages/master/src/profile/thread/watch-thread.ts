/* The watcher's thread: keeps an eye on the main thread's event loop, and takes profiles of it. */
import { readFileSync } from 'node:fs';
import type { Server } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { assert, unreachable } from '@millrace/kernel/assert';
import { systemClock } from '@millrace/kernel/clock';
import { sweepWhenAsked } from '@millrace/kernel/heap-sweep';
import { messageOf } from '@millrace/kernel/errors';
import type { ProfileAsked } from '@millrace/protocol/api/profiles';
import { FrameFinder } from '../frame-finder.ts';
import { processUs, readBeat } from '../heart.ts';
import { claimProfileSocket, releaseProfileSocket } from '../profile-socket.ts';
import type { SourceMapText } from '../source-map.ts';
import { answerLocally } from './local-answers.ts';
import type { LocalAnswer } from './local-answers.ts';
import { MainSession } from './main-session.ts';
import type { FromWatcher, ToWatcher, WatchOptions } from './messages.ts';
import { Rolling, rollingSampleUs } from './rolling.ts';
import { RollingSession } from './rolling-session.ts';
import { StoreSession } from './store-session.ts';
import { Taker } from './taker.ts';

assert(parentPort, 'this is a thread');
const port = parentPort;
const { memory, master, version, storeSampling, dataFolder } = workerData as WatchOptions;
const tell = (message: FromWatcher): void => port.postMessage(message);
const now = (): number => systemClock.now();

const finder = new FrameFinder(readMap);
const session = new RollingSession(rollingSampleUs);
const taker = new Taker({
  finder,
  begin: () => new MainSession(),
  store: storeSampling === null ? null : new StoreSession(storeSampling),
  beat: () => readBeat(memory),
  nowUs: processUs,
  now,
  pause,
});
const rolling = new Rolling({
  finder,
  sampler: session,
  nowUs: processUs,
  now,
  beat: () => readBeat(memory),
  onStall: (stall) => tell({ kind: 'stalled', stall }),
  onTimes: (times) => tell({ kind: 'times', times }),
});
const trouble = (message: string): void => tell({ kind: 'trouble', message });

port.on('message', (message: ToWatcher) => {
  switch (message.kind) {
    case 'profile':
      void profile(message.id, message.asked);
      return;
    case 'close':
      looking.cancel();
      server?.close();
      releaseProfileSocket(dataFolder);
      session[Symbol.dispose]();
      process.exit();
      return;
    default:
      unreachable(message);
  }
});
let looking = systemClock.after(0, lookAround);
const server = listenLocally();
sweepWhenAsked();
tell({ kind: 'ready' });

function lookAround(): void {
  rolling.look().catch((error: unknown) => trouble(messageOf(error)));
  looking = systemClock.after(rolling.restMs, lookAround);
}

/** Without it everything else goes on. */
function listenLocally(): Server | undefined {
  try {
    return answerLocally(claimProfileSocket(dataFolder), takeLocally, trouble);
  } catch (error) {
    trouble(`No profiles can be asked for on this machine: ${messageOf(error)}`);
    return undefined;
  }
}

async function profile(id: number, asked: Required<ProfileAsked>): Promise<void> {
  try {
    const watched = await taker.take(asked, () => tell({ kind: 'begun', id }));
    tell(watched === 'running' ? { kind: 'running', id } : { kind: 'profiled', id, watched });
  } catch (error) {
    tell({ kind: 'failed', id, message: messageOf(error) });
  }
}

/** Without what only the main thread knows: it may not be able to say anything. */
async function takeLocally(asked: Required<ProfileAsked>): Promise<LocalAnswer> {
  const taken = await taker.take(asked);
  if (taken === 'running') {
    const message = 'A profile of this master is being taken already. Ask again when it is done.';
    return { kind: 'refused', code: 'profile-running', message };
  }
  return { kind: 'profile', profile: { master, version, ...taken, loopDelay: null, store: null } };
}

/** The map that lies beside a bundle. */
function readMap(url: string): SourceMapText | undefined {
  try {
    return JSON.parse(readFileSync(`${fileURLToPath(url)}.map`, 'utf8')) as SourceMapText;
  } catch {
    return undefined;
  }
}
