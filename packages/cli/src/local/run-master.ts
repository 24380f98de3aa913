import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { RunningMaster } from '@millrace/master/main';
import type { MasterOptions } from './master-options.ts';
import { storeUrl } from './store-url.ts';

const pagesFolder = fileURLToPath(new URL('../../../web/dist', import.meta.url));

/** Starts the master that a command line describes. @throws as `startMaster` does. */
export async function runMaster(options: MasterOptions): Promise<RunningMaster> {
  // Loaded here, so that other commands do not wait for all of the master.
  const { startMaster } = await import('@millrace/master/main');
  const store = storeUrl(options.store, process.env);
  return startMaster({
    configFile: path.resolve(options.config),
    dataFolder: path.resolve(options.data),
    ...(store !== undefined && { store }),
    ...(options.name !== undefined && { name: options.name }),
    host: options.host,
    port: options.port,
    pagesFolder,
    log: say,
    onDeath: (error) => {
      // A master that lives and does nothing would be worse than one that whoever keeps it starts again.
      say(`this master ends: ${error.message} Builds go on; start the master again.`);
      process.exit(1);
    },
  });
}

/** A line for whoever started this. */
export function say(line: string): void {
  process.stdout.write(`millrace: ${line}\n`);
}
