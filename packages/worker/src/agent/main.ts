import path from 'node:path';
import { parseArgs } from 'node:util';
import { freeSpace } from '@millrace/disk-space';
import { sleep, systemClock } from '@millrace/kernel/clock';
import { codeOf, MillraceError } from '@millrace/kernel/errors';
import { systemRandom } from '@millrace/kernel/random';
import type { Connect } from '../connection.ts';
import { lockOf, openDataFolder, slotName, socketOf } from '../data-folder.ts';
import { lockHeld, takeLockSoon } from '../exclusive-lock.ts';
import { connectLocal, listenLocal } from '../local-socket.ts';
import { nodeDisk } from '../node-disk.ts';
import { PosixPlatform } from '../platform-posix.ts';
import { buildMarker } from '../slot/marker.ts';
import { Agent } from './agent.ts';
import { machineFacts } from './machine-facts.ts';
import { NoteBoard } from './note-board.ts';
import { readAuthorities } from './read-authorities.ts';
import { readSettings } from './settings.ts';
import { agentUrl, connectWebSocket } from './websocket.ts';

/*
 * The process of the agent:  main --data DIR
 *
 * What it is to do stands in the folder's `agent.json`. SIGTERM ends it once the master has what is on the disk, or
 * after a moment; SIGINT ends it at once. Builds go on either way.
 */

/** How long SIGTERM waits for the master to take the last records. */
const lastWordsMs = 3_000;
/** What was left of a dead slot's commands is looked for again: a tree that forks while it is killed. */
const killAgainMs = [100, 1_000, 5_000] as const;
const freeSpaceMs = 5_000;

const { values } = parseArgs({ options: { data: { type: 'string' } } });
if (values.data === undefined) {
  throw new MillraceError('wrong-usage', 'An agent is started by "millrace worker", with --data DIR.');
}
const folder = openDataFolder(values.data, systemRandom);
const lock = await takeLockSoon(lockOf(folder, 'agent'), systemClock);
const settings = readSettings(folder.agentSettings);
const notes = new NoteBoard();
const listener = await listenLocal(socketOf(folder, 'agent'), (connection) => notes.accept(connection));
const platform = new PosixPlatform(path.join(folder.path, 'fifos', 'agent'));

const { caFile, tlsName } = settings;
const trusted = {
  authorities: caFile === null ? undefined : () => readAuthorities(caFile),
  name: tlsName ?? undefined,
};

const agent = new Agent(
  {
    worker: settings.worker,
    spoolId: folder.spoolId,
    spool: folder.path,
    slots: settings.slots,
    freeBytesMin: settings.freeBytesMin,
    facts: await machineFacts(settings.version, process.env, path.join(folder.path, 'tools.json')),
  },
  {
    clock: systemClock,
    random: systemRandom,
    disk: nodeDisk,
    connectMaster: connectWebSocket(agentUrl(settings.masterUrl), settings.token, systemClock, trusted),
    connectSlot,
    freeBytes: async () => {
      const space = await freeSpace(folder.path, { signal: AbortSignal.timeout(freeSpaceMs) });
      return Number(space.freeBytes);
    },
    endProcesses: (holding) => {
      const marker = buildMarker(folder.spoolId, holding);
      platform.signalMarked(marker, 'SIGKILL');
      for (const ms of killAgainMs) systemClock.after(ms, () => platform.signalMarked(marker, 'SIGKILL'));
    },
    log: (text) => {
      console.log(`${new Date(systemClock.now()).toISOString()} ${text}`);
      notes.say(text);
    },
  },
);

/** A slot whose socket file was swept away is alive all the same, as its lock says. */
function connectSlot(slot: number): Connect {
  const name = slotName(slot);
  const connect = connectLocal(socketOf(folder, name));
  return async (events, signal) => {
    try {
      return await connect(events, signal);
    } catch (cause) {
      if (codeOf(cause) !== 'nobody-listens' || !lockHeld(lockOf(folder, name))) throw cause;
      throw new MillraceError('connect-failed', `Slot ${slot} runs and does not listen.`, { cause });
    }
  };
}

const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
process.once('SIGTERM', () => {
  const until = systemClock.monotonicMs() + lastWordsMs;
  const wait = async (): Promise<void> => {
    while (agent.hasToSend && systemClock.monotonicMs() < until) await sleep(systemClock, 20, stop.signal);
    stop.abort();
  };
  void wait();
});

await agent.run(stop.signal);
await listener.close();
lock.release();
process.exit(0);
