import path from 'node:path';
import process from 'node:process';
import type { Command } from 'commander';
import { systemClock } from '@millrace/kernel/clock';
import { MillraceError } from '@millrace/kernel/errors';
import { exitCodes } from '../client/exit-code.ts';
import { humanSize } from '../client/human-size.ts';
import { localCommand, runLocal } from '../local/local-command.ts';
import { progressLine } from '../local/progress-line.ts';

interface BackupOptions {
  readonly data: string;
  readonly json?: true;
}

/** `millrace backup`: copies a data folder while its master works. */
export function backupCommand(): Command {
  const command = localCommand('backup')
    .description('copy the record of a master into a folder, while the master works or not')
    .argument('<folder>', 'where the copy is to be: a folder that is not there yet')
    .option('--data <folder>', 'where the master keeps everything', '.millrace')
    .option('--json', 'print what the backup says of itself')
    .addHelpText(
      'after',
      `
Run it on the master's machine, as the master's user. Nothing waits for it. A record in PostgreSQL is copied with
pg_dump instead.

Examples:
  $ millrace backup /backups/2026-08-01 --data /var/lib/millrace
  $ millrace backup verify /backups/2026-08-01
  $ millrace restore /backups/2026-08-01 --data /var/lib/millrace-restored`,
    )
    .action((to: string, options: BackupOptions) =>
      runLocal(async () => {
        if (process.env.MILLRACE_STORE)
          throw new MillraceError(
            'store-elsewhere',
            'MILLRACE_STORE names a PostgreSQL: copy it with pg_dump (docs/guide/backup.md). Unset it to copy a data folder.',
          );
        const { takeBackup } = await import('@millrace/master/store/sqlite/backup/take-backup');
        const progress = progressLine('copied');
        const manifest = await takeBackup({
          data: path.resolve(options.data),
          to: path.resolve(to),
          now: () => systemClock.now(),
          onProgress: progress.show,
        });
        progress.end();
        const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
        process.stdout.write(
          options.json
            ? `${JSON.stringify(manifest)}\n`
            : `backed up to ${to}: ${manifest.files.length} files, ${humanSize(BigInt(bytes))}\n`,
        );
      }),
    );
  return command.addCommand(verifyCommand());
}

function verifyCommand(): Command {
  return localCommand('verify', { 0: 'whole', 1: 'not whole or no backup', 2: 'wrong usage' })
    .description('read all of a backup, and tell whether it is whole')
    .argument('<folder>', 'what `millrace backup` has made')
    .option('--json', 'print { problems, builds, logs, takenAt }')
    .addHelpText(
      'after',
      `
Examples:
  $ millrace backup verify /backups/2026-08-01`,
    )
    .action((folder: string, options: { readonly json?: true }) =>
      runLocal(async () => {
        const { verifyBackup } = await import('@millrace/master/store/sqlite/backup/verify-backup');
        const progress = progressLine('read');
        const { manifest, problems, builds, logs } = await verifyBackup(path.resolve(folder), (done, of) =>
          progress.show(done, of),
        );
        progress.end();
        const { takenAt } = manifest;
        if (options.json) process.stdout.write(`${JSON.stringify({ problems, builds, logs, takenAt })}\n`);
        else if (problems.length === 0)
          process.stdout.write(
            `whole: ${builds} builds and ${logs} logs as of ${new Date(takenAt).toISOString()}\n`,
          );
        for (const problem of options.json ? [] : problems) process.stderr.write(`millrace: ${problem}\n`);
        if (problems.length > 0) process.exitCode = exitCodes.failure;
      }),
    );
}
