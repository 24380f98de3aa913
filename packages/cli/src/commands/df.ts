import fs from 'node:fs/promises';
import process from 'node:process';
import { Command } from 'commander';
import {
  freeSpace,
  mountedVolumes,
  volumeHolding,
  type DiskSpace,
  type MountedVolume,
  type Suspicion,
} from '@millrace/disk-space';
import { messageOf } from '@millrace/kernel/errors';
import { processSystem, type ClientSystem } from '../client/client-context.ts';
import { exitCodes } from '../client/exit-code.ts';
import { ceiling, humanSize } from '../client/human-size.ts';
import { printable } from '../client/printable.ts';

type DfSystem = Pick<ClientSystem, 'stdout' | 'stderr' | 'exitWith' | 'exitNow'>;

/** A share that does not answer is given up after so long. */
const patienceMs = 10_000;

interface Row {
  readonly space: DiskSpace;
  readonly volume: MountedVolume | undefined;
}

/** `millrace df [PATH...]`: free space of the volumes that hold the paths, or of all. */
export function dfCommand(system: DfSystem = processSystem()): Command {
  return new Command('df')
    .description('show the free space of volumes, as df -h does')
    .argument('[path...]', 'paths, also ones that do not exist yet; every volume by default')
    .option('--json', 'print exact bytes as JSON')
    .addHelpText(
      'after',
      `
Avail is what this user may still write; what is kept for the system counts as neither used nor avail.
A figure with a * is one that the system cannot know for certain; standard error says why.

Examples:
  $ millrace df                      every volume
  $ millrace df /srv/builds/new      the volume that this folder will be on
  $ millrace df --json . | jq '.[0].freeBytes'

Exit codes: 0 success, 1 a path could not be measured, 2 wrong usage.`,
    )
    .configureOutput({
      writeOut: (text) => void system.stdout.write(text),
      writeErr: (text) => void system.stderr.write(text),
    })
    .exitOverride((error) => {
      system.exitNow(error.exitCode === 0 ? exitCodes.success : exitCodes.usage);
      throw error;
    })
    .action(async (paths: string[], options: { readonly json?: true }) => {
      const mounted = await mountedVolumes();
      const volumes = mounted.kind === 'known' ? mounted.volumes : [];
      const all = paths.length === 0 && volumes.length > 0;
      const asked = all ? volumes.map(({ path }) => path) : paths.length === 0 ? [process.cwd()] : paths;
      const measured: Row[] = [];
      let failed = 0;
      for (const path of asked) {
        try {
          measured.push(await measure(path, volumes));
        } catch (error) {
          if (all) continue; // a volume that this user may not see, as df leaves it out
          failed += 1;
          await system.stderr.write(`millrace: ${printable(path)}: ${printable(messageOf(error))}\n`);
        }
      }
      const rows = all ? worthShowing(measured) : measured;
      await system.stdout.write(options.json ? asJson(rows) : asTable(rows));
      if (!options.json) await system.stderr.write(rows.flatMap(doubts).join(''));
      system.exitWith(failed === 0 ? exitCodes.success : exitCodes.failure);
    });
}

async function measure(path: string, volumes: readonly MountedVolume[]): Promise<Row> {
  const space = await freeSpace(path, { signal: AbortSignal.timeout(patienceMs) });
  return { space, volume: volumeHolding(await fs.realpath(space.measuredPath), volumes) };
}

/** Without what has no blocks (proc), and each volume once, where its path is shortest. */
function worthShowing(rows: readonly Row[]): Row[] {
  const byDevice = new Map<string, Row>();
  for (const row of rows) {
    const device = row.volume?.device ?? row.space.path;
    const before = byDevice.get(device);
    if (before === undefined || row.space.path.length < before.space.path.length) byDevice.set(device, row);
  }
  return [...byDevice.values()].filter(({ space }) => space.totalBytes > 0n);
}

function asTable(rows: readonly Row[]): string {
  const head = ['Filesystem', 'Size', 'Used', 'Avail', 'Use%', 'Mounted on'];
  const cells = rows.map(({ space, volume }) => [
    printable(volume?.source ?? '-'),
    humanSize(space.totalBytes) + doubtful(space, 'total'),
    humanSize(space.usedBytes) + doubtful(space, 'used'),
    humanSize(space.freeBytes) + doubtful(space, 'free'),
    percentUsed(space),
    printable(volume?.path ?? space.measuredPath),
  ]);
  const all = [head, ...cells];
  const widths = head.map((_name, column) => Math.max(...all.map((row) => Array.from(row[column]!).length)));
  const lines = all.map((row) =>
    row
      .map((cell, column) => {
        const padding = ' '.repeat(widths[column]! - Array.from(cell).length);
        return column === 0 || column === 5 ? cell + padding : padding + cell;
      })
      .join('  ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}

/** Numbers where JavaScript's are exact, else strings of digits. */
function asJson(rows: readonly Row[]): string {
  const shown = rows.map(({ space, volume }) => ({
    ...space,
    source: volume?.source ?? null,
    type: volume?.type ?? null,
    mountedOn: volume?.path ?? null,
  }));
  const exact = (_key: string, value: unknown) => {
    if (typeof value !== 'bigint') return value;
    return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : String(value);
  };
  return `${JSON.stringify(shown, exact)}\n`;
}

function percentUsed({ usedBytes, freeBytes }: DiskSpace): string {
  const usable = usedBytes + freeBytes;
  return usable === 0n ? '-' : `${ceiling(usedBytes * 100n, usable)}%`;
}

function doubtful(space: DiskSpace, figure: Suspicion['figures'][number]): string {
  return space.suspect.some((suspicion) => suspicion.figures.includes(figure)) ? '*' : '';
}

function doubts({ space }: Row): string[] {
  return space.suspect.map(({ kind, figures }) => {
    return `millrace: ${printable(space.measuredPath)}: ${figures.join(', ')}: ${reasons[kind]}\n`;
  });
}

const reasons: Record<Suspicion['kind'], string> = {
  capped: 'at least so much: Windows told Node no more than 2^32-1 blocks',
  'unit-unknown': 'at most so much: this Node does not tell the size of the blocks it counts',
  inconsistent: 'the file system counts more free blocks than blocks',
};
