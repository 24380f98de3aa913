import type { Stalls } from '@millrace/protocol/api/profiles';
import { ago } from '../client/duration.ts';
import { printable } from '../client/printable.ts';
import { table } from '../client/table.ts';

const stallsShown = 20;

/** Stalls by their causes, and the newest of them one by one. */
export function stallsText({ causes, stalls }: Stalls, now: number): string {
  if (stalls.length === 0) return 'The event loop has not stood still for a quarter of a second.\n';
  const byCause = table(
    ['CAUSE', 'WHERE', 'STALLS', 'TOGETHER', 'LONGEST', 'LAST'],
    causes.map((cause) => [
      printable(cause.room),
      printable(cause.function),
      String(cause.stalls),
      `${cause.totalMs} ms`,
      `${cause.longestMs} ms`,
      ago(now - cause.lastAt),
    ]),
  );
  const newest = table(
    ['AT', 'FOR', 'DURING', 'BEFORE'],
    stalls
      .slice(0, stallsShown)
      .map(({ at, ms, during, before }) => [
        new Date(at).toISOString(),
        `${ms} ms`,
        shares(during),
        shares(before),
      ]),
  );
  return `${byCause}\n${newest}`;
}

function shares(rooms: readonly { readonly room: string; readonly share: number }[]): string {
  return rooms
    .slice(0, 3)
    .map(({ room, share }) => `${printable(room)} ${Math.round(share * 100)}%`)
    .join(', ');
}
