import type { Profile, ThreadProfile } from '@millrace/protocol/api/profiles';
import { roundedSize } from '../client/human-size.ts';
import type { Paint } from '../client/paint.ts';
import { printable } from '../client/printable.ts';
import { table } from '../client/table.ts';

const functionsShown = 15;
const causesShown = 8;

/** A profile for a terminal: idle or busy first, then rooms, functions, and what was written. */
export function profileText(profile: Profile, paint: Paint): string {
  return [
    headLines(profile, paint),
    ...profile.threads.map((thread) => threadText(thread, profile.threads.length > 1, paint)),
    storeText(profile.store, paint),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function headLines(
  { master, version, seconds, busyShare, blockedMs, loopDelay, gc }: Profile,
  paint: Paint,
): string {
  const busy = `${paint.bold(printable(master))} (${printable(version)}) was ${paint.bold(`${percent(busyShare)} busy`)} and ${percent(1 - busyShare)} idle for ${seconds.toFixed(1)} s.`;
  const blocked =
    blockedMs > 0
      ? paint.red(
          `Its event loop is blocked: it has not come round for ${(blockedMs / 1000).toFixed(1)} s. What follows is what it does instead.`,
        )
      : '';
  const late = loopDelay
    ? `The event loop was late by ${ms(loopDelay.p50)} (p50), ${ms(loopDelay.p99)} (p99), ${ms(loopDelay.max)} at most.`
    : '';
  const collected = `Garbage was collected ${gc.count} times, in ${ms(gc.ms)}.`;
  return [busy, blocked, late, collected].filter((line) => line !== '').join('\n') + '\n';
}

function threadText(
  { thread, busyMs, idleMs, unsampledMs, rooms, functions }: ThreadProfile,
  isNamed: boolean,
  paint: Paint,
): string {
  const share = (part: number): string => (busyMs === 0 ? '' : percent(part / busyMs));
  const allMs = busyMs + idleMs;
  const busy = percent(allMs === 0 ? 0 : busyMs / allMs);
  const title = isNamed ? `${paint.bold(`Thread ${printable(thread)}`)}: ${busy} busy, ${ms(busyMs)}\n` : '';
  const stuck =
    unsampledMs > 0
      ? `${paint.red(`It did one thing for ${ms(unsampledMs)}, and could not be sampled meanwhile.`)}\n`
      : '';
  if (rooms.length === 0) return title + stuck;
  const roomTable = table(
    ['ROOM', 'SELF', '', 'TOTAL', ''],
    rooms.map(({ room, selfMs, totalMs }) => [
      printable(room),
      ms(selfMs),
      share(selfMs),
      ms(totalMs),
      share(totalMs),
    ]),
  );
  const functionTable = table(
    ['FUNCTION', 'WHERE', 'ROOM', 'SELF', 'TOTAL'],
    functions
      .slice(0, functionsShown)
      .map((one) => [
        printable(one.function),
        printable(one.file === '' ? '' : `${one.file}:${one.line}`),
        printable(one.room),
        ms(one.selfMs),
        ms(one.totalMs),
      ]),
  );
  return `${title}${stuck}${roomTable}\n${functionTable}`;
}

function storeText(store: Profile['store'], paint: Paint): string {
  if (store === null) return '';
  const { commits, segmentSyncs, bytes, causes } = store;
  const head = `${paint.bold('Written')}: ${commits} commits and ${segmentSyncs} files of logs, an fsync each; ${roundedSize(bytes)} bytes of logs.\n`;
  if (causes.length === 0) return head;
  return (
    head +
    table(
      ['CAUSE', 'OPERATIONS', 'COMMITS', 'BYTES'],
      causes
        .slice(0, causesShown)
        .map((one) => [
          printable(one.cause),
          String(one.operations),
          one.commits.toFixed(1),
          roundedSize(one.bytes),
        ]),
    )
  );
}

const percent = (share: number): string => `${(share * 100).toFixed(1)}%`;
const ms = (value: number): string => `${value.toFixed(1)} ms`;
