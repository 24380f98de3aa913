import type { BuildProperty } from '@millrace/protocol/api/builds';
import type { PropertyValue } from '@millrace/protocol/property';
import { query, tuples } from '../operation.ts';
import type { Work } from '../operation.ts';

/** Builds in one statement, which is always of the same text: a last part is filled up with its last build. */
const buildsAtOnce = 100;
const marks = Array.from({ length: buildsAtOnce }, () => '?').join(', ');

type PropertyTuple = readonly [build: number, name: string, value: string, source: string];

/**
 * The properties of these builds by their names, for each build in their order. They end early, with a whole part,
 * once their values have so many characters: then there are fewer than builds, and at least one part.
 */
export const listProperties = query(
  'builds.list-properties',
  function* (
    _tx,
    input: { readonly builds: readonly number[]; readonly charactersMax: number },
  ): Work<readonly (readonly BuildProperty[])[]> {
    const all: BuildProperty[][] = [];
    let characters = 0;
    for (let from = 0; from < input.builds.length && characters < input.charactersMax; from += buildsAtOnce) {
      const part = input.builds.slice(from, from + buildsAtOnce);
      const found = yield* tuples<PropertyTuple>(
        `select build, name, value, source from properties where build in (${marks}) order by build, name`,
        ...part,
        ...Array.from({ length: buildsAtOnce - part.length }, () => part.at(-1) ?? 0),
      );
      const byBuild = new Map<number, BuildProperty[]>(part.map((build) => [build, []]));
      for (const [build, name, value, source] of found) {
        characters += value.length;
        byBuild.get(build)?.push({ name, value: JSON.parse(value) as PropertyValue, source });
      }
      for (const properties of byBuild.values()) all.push(properties);
    }
    return all;
  },
);
