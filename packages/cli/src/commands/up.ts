import type { Command } from 'commander';
import path from 'node:path';
import { messageOf } from '@millrace/kernel/errors';
import type { RunningMaster } from '@millrace/master/main';
import { aborted, interrupts } from '../local/interrupts.ts';
import { localCommand, runLocal } from '../local/local-command.ts';
import { LocalWorker } from '../local/local-worker.ts';
import { withMasterOptions } from '../local/master-options.ts';
import type { MasterOptions } from '../local/master-options.ts';
import { reloadOnHangUp } from '../local/reload-on-hang-up.ts';
import { runMaster, say } from '../local/run-master.ts';
import { slotCount } from '../local/slot-count.ts';

interface UpOptions extends MasterOptions {
  readonly force?: string;
  readonly slots: number;
}

/** The worker of the config that `up` itself starts. */
const workerName = 'local';

/** `millrace up`: a master, a worker beside it and the pages. */
export function upCommand(): Command {
  return withMasterOptions(localCommand('up'))
    .description('start a master, a worker on this machine and the pages')
    .option('--force <builder>', 'ask for a build of HEAD at once')
    .option('--slots <n>', 'how many builds the worker runs at a time', slotCount, 2)
    .addHelpText(
      'after',
      `
The worker is the one named "${workerName}" in the config. An interrupt (Ctrl-C) cancels what runs and queues it for
the next start; a second one ends at once. After a kill -9, the next start takes up what still runs. SIGHUP and
\`millrace reload\` read the config again.

Examples:
  $ millrace up
  $ millrace up --config ci/millrace.config.ts --data /tmp/millrace --port 9000 --force check`,
    )
    .action((options: UpOptions) => runLocal(() => up(options)));
}

async function up(options: UpOptions): Promise<void> {
  let worker: LocalWorker | undefined;
  const stop = interrupts(() => worker?.leave());
  const hangUps = reloadOnHangUp();
  const master = await runMaster(options);
  hangUps.serve(master);
  try {
    worker = await startWorker(master, options);
    say(`the pages are on ${master.url}`);
    if (options.force !== undefined) await force(master, options.force);
    say('Ctrl-C stops it.');
    await aborted(stop);
    say('stopping: what runs is cancelled and queued for the next start. Ctrl-C again stops at once.');
    const left = await master.drain(new AbortController().signal);
    if (left > 0) say(`${left} cancelled builds have not ended yet; the next start looks after them.`);
  } finally {
    await worker?.stop();
    await master.close();
  }
  say('stopped.');
}

async function startWorker(master: RunningMaster, options: UpOptions): Promise<LocalWorker | undefined> {
  const known = master.config.workers.find(({ name }) => name === workerName);
  if (known === undefined) {
    say(`the config has no worker "${workerName}", so none is started here.`);
    return undefined;
  }
  if (known.tokenHashes.length > 0) {
    say(`the worker "${workerName}" needs its token, so it is not started here: millrace worker --token ...`);
    return undefined;
  }
  const folder = path.join(path.resolve(options.data), 'worker');
  return LocalWorker.start({
    master: master.url,
    certificate: master.certificate,
    name: workerName,
    folder,
    slots: options.slots,
    say,
  });
}

/** What cannot be built is told; the master is there all the same. */
async function force(master: RunningMaster, builder: string): Promise<void> {
  try {
    const forced = await master.force(builder);
    const revision = forced?.revision?.slice(0, 10);
    if (forced === null) say(`a build of "${builder}" at this revision waits already.`);
    else say(`building "${builder}"${revision === undefined ? '' : ` at ${revision}`}.`);
  } catch (thrown) {
    say(`"${builder}" is not built: ${messageOf(thrown)}`);
  }
}
