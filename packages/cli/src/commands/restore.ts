import path from 'node:path';
import process from 'node:process';
import type { Command } from 'commander';
import { MillraceError } from '@millrace/kernel/errors';
import { systemRandom } from '@millrace/kernel/random';
import { localCommand, runLocal } from '../local/local-command.ts';
import { progressLine } from '../local/progress-line.ts';
import { storeUrl } from '../local/store-url.ts';

interface RestoreOptions {
  readonly data: string;
  readonly newEpoch?: true;
  readonly store?: string;
  readonly json?: true;
}

/** `millrace restore`: puts a backup into an empty data folder; or tells a database that it was put back. */
export function restoreCommand(): Command {
  return localCommand('restore')
    .description('put a backup into an empty data folder; or give a database that was put back its new epoch')
    .argument('[folder]', 'what `millrace backup` has made')
    .option('--data <folder>', 'the new data folder', '.millrace')
    .option('--new-epoch', 'of the database --store, after pg_restore: refuse cursors of what is lost')
    .option('--store <url>', 'the database, postgres://user@host/database (or MILLRACE_STORE)')
    .option('--json', 'print { takenAt, epoch }')
    .addHelpText(
      'after',
      `
What happened after the backup is gone: followers begin anew, and builds that ran then are taken up where their
worker's journal still is, else tried again. Nothing is overwritten.

Examples:
  $ millrace restore /backups/2026-08-01 --data /var/lib/millrace
  $ millrace restore --new-epoch --store postgres://millrace@db.example.org/millrace`,
    )
    .action((folder: string | undefined, options: RestoreOptions) =>
      runLocal(async () => {
        const given = storeUrl(options.store, process.env);
        if (options.newEpoch) return newEpoch(given, options);
        if (folder === undefined)
          throw new MillraceError(
            'nothing-to-restore',
            'Name the folder of a backup; or --new-epoch with --store, after pg_restore.',
          );
        await restore(folder, options);
      }),
    );
}

async function restore(folder: string, options: RestoreOptions): Promise<void> {
  const { restoreBackup } = await import('@millrace/master/store/sqlite/backup/restore-backup');
  const progress = progressLine('restored');
  const data = path.resolve(options.data);
  const { takenAt } = await restoreBackup({
    from: path.resolve(folder),
    data,
    random: systemRandom,
    onProgress: progress.show,
  });
  progress.end();
  if (options.json) process.stdout.write(`${JSON.stringify({ takenAt })}\n`);
  else
    process.stdout.write(
      `restored to ${data} as of ${new Date(takenAt).toISOString()}. Start: millrace master --data ${options.data}\n`,
    );
}

async function newEpoch(url: string | undefined, options: RestoreOptions): Promise<void> {
  if (url === undefined)
    throw new MillraceError(
      'store-missing',
      'Name the database that was put back: --store or MILLRACE_STORE.',
    );
  const { giveNewEpoch } = await import('@millrace/master/store/postgres/new-epoch');
  const epoch = await giveNewEpoch({ url }, systemRandom);
  process.stdout.write(
    options.json ? `${JSON.stringify({ epoch })}\n` : 'The database has a new epoch. Start the masters.\n',
  );
}
