/*
 * A process whose main thread is watched as a master's is, and blocks when it is told to: nothing that a master does
 * blocks for so long. Says `ready`, blocks at a line on its standard input until the file named there exists, then says
 * what it was told of the stall.
 */
import fs from 'node:fs';
import readline from 'node:readline';
import { systemClock } from '@millrace/kernel/clock';
import { Watcher } from '@millrace/master/profile/watcher';

const [, , folder = ''] = process.argv;
const say = (line: string): void => void fs.writeSync(1, `${line}\n`);

const watcher = new Watcher({
  clock: systemClock,
  dataFolder: folder,
  master: 'm1',
  version: '1',
  storeSampling: null,
  watched: true,
  onStall: (stall) => say(JSON.stringify(stall)),
  onTimes: () => undefined,
  onTrouble: (error) => say(String(error)),
});
watcher.begin();

/** With JavaScript on the stack all the time. */
function blockUntil(file: string): void {
  while (!fs.existsSync(file)) for (let turn = 0; turn < 1_000_000; turn++) Math.sqrt(turn);
}

// It samples from the moment that it can be asked: what follows is not missed.
await watcher.profile({ seconds: 0.1, cpuProfile: false }, () => undefined);
say('ready');
for await (const line of readline.createInterface({ input: process.stdin })) {
  if (line === 'close') break;
  blockUntil(line);
}
await watcher.close();
say('closed');
