import type { Stall, StallCause } from '@millrace/protocol/api/profiles';

/** Stalls by their causes, the longest together first. */
export function causesOf(stalls: readonly Stall[]): StallCause[] {
  const byCause = Map.groupBy(stalls, ({ room, function: name }) => `${room} ${name}`);
  return [...byCause.values()]
    .flatMap((same) => {
      const [first] = same;
      if (!first) return [];
      return {
        room: first.room,
        function: first.function,
        stalls: same.length,
        totalMs: same.reduce((sum, { ms }) => sum + ms, 0),
        longestMs: Math.max(...same.map(({ ms }) => ms)),
        lastAt: Math.max(...same.map(({ at }) => at)),
      };
    })
    .toSorted((one, other) => other.totalMs - one.totalMs);
}
