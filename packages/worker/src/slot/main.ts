import path from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '@millrace/kernel/clock';
import { MillraceError } from '@millrace/kernel/errors';
import { systemRandom } from '@millrace/kernel/random';
import { lockOf, openDataFolder, slotName, socketOf } from '../data-folder.ts';
import { takeLockSoon } from '../exclusive-lock.ts';
import { listenLocal } from '../local-socket.ts';
import { nodeDisk } from '../node-disk.ts';
import { sqliteLocks } from '../sqlite-locks.ts';
import { zstdCompressor } from '../output/compressor.ts';
import { loadLibc } from '../libc.ts';
import { PosixPlatform } from '../platform-posix.ts';
import { PosixSpawnStarter } from '../posix-spawn.ts';
import { nodeStarter } from '../process-starter.ts';
import { inheritedEnvironment } from '../steps/environment.ts';
import { Slot } from './slot.ts';

/*
 * The process of one slot:
 *
 *   main --data DIR --slot N --worker NAME [--spool-bytes-max N] [--builds DIR] [--pass-env NAME,NAME]
 *
 * It runs until SIGTERM, which ends the build that it has and says so in its journal.
 */

/** How far one journal may be ahead of what a master has, where nobody says otherwise. */
const defaultSpoolBytesMax = 4 * 1024 ** 3;

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    slot: { type: 'string' },
    worker: { type: 'string' },
    'spool-bytes-max': { type: 'string', default: String(defaultSpoolBytesMax) },
    builds: { type: 'string' },
    'pass-env': { type: 'string', default: '' },
  },
});
const { data, worker } = values;
const number = Number(values.slot);
const spoolBytesMax = Number(values['spool-bytes-max']);
if (data === undefined || worker === undefined || !Number.isInteger(number) || !(spoolBytesMax > 0))
  throw new MillraceError(
    'wrong-usage',
    'A slot is started with --data DIR --slot N --worker NAME [--spool-bytes-max N].',
  );

const folder = openDataFolder(data, systemRandom);
const name = slotName(number);
const lock = await takeLockSoon(lockOf(folder, name), systemClock);
const libc = await loadLibc();
const starter = libc === undefined ? nodeStarter : new PosixSpawnStarter(libc);

const slot = new Slot(
  {
    clock: systemClock,
    disk: nodeDisk,
    locks: sqliteLocks,
    platform: new PosixPlatform(path.join(folder.path, 'fifos', name), starter, libc?.widenPipe),
    compress: zstdCompressor,
  },
  {
    slot: number,
    worker,
    spoolId: folder.spoolId,
    spool: folder.path,
    data: folder.path,
    environment: inheritedEnvironment(process.env, values['pass-env'].split(',')),
    spoolBytesMax,
    ...(values.builds !== undefined && { builds: values.builds }),
  },
);
const listener = await listenLocal(socketOf(folder, name), (connection) => slot.accept(connection));

process.once('SIGTERM', () => {
  void slot
    .shutDown()
    .then(() => listener.close())
    .then(() => {
      lock.release();
      process.exit(0);
    });
});
