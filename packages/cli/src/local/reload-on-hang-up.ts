import process from 'node:process';
import { messageOf } from '@millrace/kernel/errors';
import { problemLine } from '@millrace/master/config/config-problem';
import type { RunningMaster } from '@millrace/master/main';
import { diffText } from '../client/config-diff-text.ts';
import { paintFor } from '../client/paint.ts';
import { say } from './run-master.ts';

/**
 * Reads the config again with each SIGHUP, as services do. A terminal that is closed sends one too: then there is
 * nobody to talk to any more, which the first word shows, and the process stops in order.
 */
export function reloadOnHangUp(): { serve(master: RunningMaster): void } {
  let master: RunningMaster | undefined;
  let isGone = false;
  process.stdout.on('error', () => {
    // A second one would end the process at once.
    if (!isGone) process.kill(process.pid, 'SIGTERM');
    isGone = true;
  });
  process.on('SIGHUP', () => {
    say('SIGHUP: reading the config again');
    if (master !== undefined) void reload(master);
  });
  return {
    serve: (started) => {
      master = started;
    },
  };
}

async function reload(master: RunningMaster): Promise<void> {
  try {
    const answer = await master.reload({ by: 'SIGHUP' });
    if (answer.kind === 'refused') {
      say(`the config was not taken, and nothing has changed: ${answer.file}`);
      for (const problem of answer.problems) say(`  ${problemLine(problem)}`);
      return;
    }
    if (answer.kind === 'unchanged') return say(`the config has not changed (${answer.after})`);
    say(`the config is in force: ${answer.before} → ${answer.after}`);
    for (const line of diffText(answer.diff, paintFor(false)).split('\n')) if (line !== '') say(line);
  } catch (thrown) {
    say(`the config could not be read again: ${messageOf(thrown)}`);
  }
}
