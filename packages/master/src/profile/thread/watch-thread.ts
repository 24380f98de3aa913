/* The watcher's thread: keeps an eye on the main thread's event loop, and takes profiles of it. */
import { readFileSync } from 'node:fs';
import type { Server } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { assert, unreachable } from '@millrace/kernel/assert';
import { systemClock } from '@millrace/kernel/clock';
import { sweepHeap } from '@millrace/kernel/heap-sweep';
import { messageOf } from '@millrace/kernel/errors';
import type { ProfileAsked } from '@millrace/protocol/api/profiles';
import { FrameFinder } from '../frame-finder.ts';
import { BeatReader, processUs } from '../heart.ts';
import { claimProfileSocket, releaseProfileSocket } from '../profile-socket.ts';
import type { SourceMapText } from '../source-map.ts';
import { Doorbell } from './doorbell.ts';
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
const { memory, pulses, master, version, storeSampling, dataFolder, ...options } = workerData as WatchOptions;
const beats = new BeatReader(memory);
const doorbell = new Doorbell(options.doorbell);
/** While nothing is sampled, so many looks are taken without the event loop of this thread: a second. */
const looksWithoutLoop = 7;
const tell = (message: FromWatcher): void => port.postMessage(message);
const now = (): number => systemClock.now();

const finder = new FrameFinder(readMap);
const session = new RollingSession(rollingSampleUs);
const taker = new Taker({
  finder,
  begin: () => new MainSession(),
  store: storeSampling === null ? null : new StoreSession(storeSampling),
  beat: () => beats.read(),
  aliveUs: () => rolling.aliveUs,
  nowUs: processUs,
  now,
  pause,
});
const rolling = new Rolling({
  finder,
  sampler: session,
  nowUs: processUs,
  now,
  beat: () => beats.read(),
  pulses: { count: () => pulses.count, longestUs: () => pulses.max / 1000, reset: () => pulses.reset() },
  onStall: (stall) => tell({ kind: 'stalled', stall }),
  onTimes: (times) => tell({ kind: 'times', times }),
});
const trouble = (message: string): void => tell({ kind: 'trouble', message });

port.on('message', (message: ToWatcher) => {
  switch (message.kind) {
    case 'profile':
      void profile(message.id, message.asked);
      return;
    case 'sweep':
      void sweepHeap();
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
/** As the heart was told to beat. */
let hurried = false;
let looking = systemClock.after(0, lookAround);
const server = listenLocally();
tell({ kind: 'ready' });

function lookAround(): void {
  look();
  // Here and there the event loop has its turn: it takes questions at the socket.
  let restMs = rolling.restMs;
  for (let looks = 0; looks < looksWithoutLoop && !hurried; looks++) {
    if (doorbell.sleep(restMs) === 'rung') restMs = 0;
    if (restMs === 0) break;
    look();
    restMs = rolling.restMs;
  }
  looking = systemClock.after(restMs, lookAround);
}

function look(): void {
  rolling.look().catch((error: unknown) => trouble(messageOf(error)));
  const isHurried = !rolling.rests || taker.running;
  if (isHurried !== hurried) tell({ kind: 'pace', hurried: isHurried });
  hurried = isHurried;
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
