import fs from 'node:fs';
import { isIP } from 'node:net';
import path from 'node:path';
import process from 'node:process';
import { MillraceError } from '@millrace/kernel/errors';
import type { MasterOptions as StartOptions, RunningMaster } from '@millrace/master/main';
import { beginThreads } from '@millrace/master/main/begin-threads';
import { packageFolder } from '../package-folder.ts';
import { keepOutOfGit } from './keep-out-of-git.ts';
import type { MasterOptions } from './master-options.ts';
import { storeUrl } from './store-url.ts';

/** In the bundle; in a clone whose bundle was not made yet, where the pages are built. */
const pagesFolder =
  [path.join(packageFolder, 'dist', 'pages'), path.resolve(packageFolder, '../web/dist')].find((folder) =>
    fs.existsSync(folder),
  ) ?? path.resolve(packageFolder, '../web/dist');

/** Starts the master that a command line describes. @throws as `startMaster` does. */
export async function runMaster(options: MasterOptions): Promise<RunningMaster> {
  const store = storeUrl(options.store, process.env);
  const configFile = path.resolve(options.config);
  const given = secured(options);
  const threads = beginThreads({ configFile, log: say, ...(store !== undefined && { store }) });
  // Loaded here, so that other commands do not wait for all of the master.
  const { startMaster } = await import('@millrace/master/main');
  const dataFolder = path.resolve(options.data);
  const isNew = !fs.existsSync(dataFolder);
  const master = await startMaster({
    configFile,
    threads,
    dataFolder,
    ...(store !== undefined && { store }),
    ...(options.name !== undefined && { name: options.name }),
    ...given,
    watched: options.watcher,
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
  // A folder that was there is somebody's: `--data .` must not hide a repository from git.
  if (isNew) keepOutOfGit(dataFolder);
  return master;
}

/** @throws MillraceError `wrong-usage` */
function secured(options: MasterOptions): Pick<StartOptions, 'tls' | 'proxies'> {
  const { tlsCert: cert, tlsKey: key, behindProxy } = options;
  if ((cert === undefined) !== (key === undefined)) {
    throw new MillraceError('wrong-usage', '--tls-cert and --tls-key go together: give both, or neither.');
  }
  const proxies = behindProxy?.split(',').map((address) => address.trim());
  const wrong = proxies?.find((address) => !isNetwork(address));
  if (wrong !== undefined) {
    throw new MillraceError(
      'wrong-usage',
      `--behind-proxy takes addresses such as 127.0.0.1 or 10.0.0.0/8, by commas, not ${JSON.stringify(wrong)}.`,
    );
  }
  return {
    ...(cert !== undefined &&
      key !== undefined && { tls: { cert: path.resolve(cert), key: path.resolve(key) } }),
    ...(proxies !== undefined && { proxies }),
  };
}

function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const most = { 4: 32, 6: 128 }[isIP(address)];
  return (
    most !== undefined &&
    rest.length === 0 &&
    (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most))
  );
}

/** A line for whoever started this. */
export function say(line: string): void {
  process.stdout.write(`millrace: ${line}\n`);
}
