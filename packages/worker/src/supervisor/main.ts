import { parseArgs } from 'node:util';
import { messageOf, MillraceError } from '@millrace/kernel/errors';
import { runWorker } from '../run-worker.ts';

/*
 * The process of the supervisor, where no command line of ours stands before it (a service, a container):
 *
 *   MILLRACE_WORKER_TOKEN=T main --master URL --name NAME --data DIR [--slots N]
 *
 * SIGTERM and SIGINT end everything. SIGHUP ends this process alone: the builds go on, and the next start takes
 * them up.
 */
const { values } = parseArgs({
  options: {
    master: { type: 'string' },
    name: { type: 'string' },
    data: { type: 'string' },
    slots: { type: 'string', default: '1' },
  },
});

const stop = new AbortController();
const leave = new AbortController();
process.once('SIGTERM', () => stop.abort());
process.once('SIGINT', () => stop.abort());
process.once('SIGHUP', () => leave.abort());

try {
  const { master, name, data, slots } = values;
  if (master === undefined || name === undefined || data === undefined) {
    throw new MillraceError('wrong-usage', 'A worker needs --master URL, --name NAME and --data DIR.');
  }
  await runWorker({
    masterUrl: master,
    name,
    token: process.env.MILLRACE_WORKER_TOKEN ?? null,
    dataFolder: data,
    slots: Number(slots),
    signal: stop.signal,
    leave: leave.signal,
    log: (text) => console.log(text),
  });
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 2;
}
