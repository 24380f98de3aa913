import type { Command } from 'commander';
import { aborted, interrupts } from '../local/interrupts.ts';
import { localCommand, runLocal } from '../local/local-command.ts';
import { withMasterOptions } from '../local/master-options.ts';
import type { MasterOptions } from '../local/master-options.ts';
import { reloadOnHangUp } from '../local/reload-on-hang-up.ts';
import { runMaster, say } from '../local/run-master.ts';

/** `millrace master`: a master alone; workers connect to it. Stopping it leaves builds running. */
export function masterCommand(): Command {
  return withMasterOptions(localCommand('master'))
    .description('start a master alone; builds go on while it is stopped or killed')
    .addHelpText(
      'after',
      `
SIGHUP and \`millrace reload\` read the config again; what runs is not touched.

Examples:
  $ millrace master --config millrace.config.ts --data /var/lib/millrace --host 0.0.0.0
  $ millrace worker --master ws://ci.example.org:8010 --name linux-1 --token ...   on another machine`,
    )
    .action((options: MasterOptions) =>
      runLocal(async () => {
        const stop = interrupts();
        const hangUps = reloadOnHangUp();
        const master = await runMaster(options);
        hangUps.serve(master);
        say(`master on ${master.url}`);
        await aborted(stop);
        say('stopping; what runs goes on. Again to stop at once.');
        await master.close();
      }),
    );
}
