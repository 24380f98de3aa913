import type { BuildCount } from './count-build.ts';
import type { GuardTable } from './table.ts';

/** A sentence for each figure that is not as it was. */
export function tell(known: GuardTable, now: GuardTable): readonly string[] {
  return [...new Set([...Object.keys(known), ...Object.keys(now)])].flatMap((build) => {
    const before = flat(known[build]);
    const after = flat(now[build]);
    return [...new Set([...before.keys(), ...after.keys()])]
      .map((figure) => ({ figure, was: before.get(figure) ?? 0, is: after.get(figure) ?? 0 }))
      .filter(({ was, is }) => was !== is)
      .map(({ figure, was, is }) => {
        const what = `${build}: ${figure} ${was} -> ${is}`;
        return is > was
          ? `${what}, more work; if it is worth it: npm run -s guard`
          : `${what}, less work: npm run -s guard keeps it so`;
      });
  });
}

function flat(count: BuildCount | undefined): ReadonlyMap<string, number> {
  if (!count) return new Map();
  const { operations, ...figures } = count;
  return new Map([
    ...Object.entries(figures),
    ...Object.entries(operations).flatMap(([name, { asked, statements }]): [string, number][] => [
      [`${name} asked`, asked],
      [`${name} statements`, statements],
    ]),
  ]);
}
