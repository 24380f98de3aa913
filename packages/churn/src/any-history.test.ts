import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { commitAll, type SmallCommit } from '../test/small-repository.ts';
import { measureChurn } from './measure-churn.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'churn-any-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }), 60_000);

type Content = SmallCommit['files'][string];

/** Names that git quotes, or that look like what it prints; bytes as characters. */
const names = ['a', 'src/b', 'src/deep/c', 'vendor/d', ':100644 x', '1\t2\te', 'new\nline', 'caf\xe9 "q"'];

const content: fc.Arbitrary<Content> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .array(fc.constantFrom('x\n', 'y\n', 'z\r\n', '\n'), { maxLength: 12 })
      .map((all) => all.join('')),
  },
  { weight: 2, arbitrary: fc.constantFrom('no newline', 'a\nb', 'bin\0ary', `${'q\n'.repeat(9)}\0\n`) },
  { weight: 1, arbitrary: fc.constantFrom(null, { link: 'a' }, { commit: '1'.repeat(40) }) },
);

/** What a commit does, where it begins, and how many days after the one before it is dated: also before it. */
const step = fc.record({
  changes: fc.dictionary(fc.constantFrom(...names), content, { minKeys: 1, maxKeys: 3 }),
  parent: fc.nat({ max: 3 }),
  merged: fc.option(fc.nat({ max: 5 })),
  days: fc.integer({ min: -40, max: 60 }),
});

const linesOf = (held: Content): number => {
  if (held === null) return 0;
  if (typeof held !== 'string') return 1; // a link, a submodule: where it points
  if (held.includes('\0')) return 0;
  return held.split('\n').length - (held === '' || held.endsWith('\n') ? 1 : 0);
};

test('any history reconciles, in any period and with any exclusion, and ends with the lines it was given', async () => {
  let made = 0;
  const property = fc.asyncProperty(
    fc.array(step, { minLength: 1, maxLength: 14 }),
    fc.constantFrom([], ['vendor'], ['src/deep', '/a'], ['*']),
    async (steps, exclude) => {
      const trees: Map<string, Content>[] = [];
      const commits: SmallCommit[] = [];
      let at = Date.UTC(2022, 10, 1) / 1000;
      for (const [index, { changes, parent, merged, days }] of steps.entries()) {
        at = Math.max(0, at + days * 86_400);
        const first = index === 0 ? undefined : Math.max(0, index - 1 - parent);
        const second = merged === null || merged >= index || merged === first ? [] : [`c${merged}`];
        const tree = new Map(first === undefined ? [] : trees[first]);
        for (const [name, held] of Object.entries(changes)) {
          if (held === null) tree.delete(name);
          else tree.set(name, held);
        }
        trees.push(tree);
        const parents = first === undefined ? [] : [`c${first}`, ...second];
        commits.push({ at, name: `c${index}`, parents, files: changes });
      }
      const place = path.join(folder, String(++made));
      commitAll(place, commits);
      const whole = await measureChurn({
        repositories: [place],
        since: '1971-01-01',
        until: '2100-01-01',
        authors: true,
      });
      const expected = [...trees.at(-1)!.values()].reduce((sum, held) => sum + linesOf(held), 0);
      expect(whole.total.linesAtEnd).toBe(expected);
      // Each of these asserts that it reconciles.
      const part = { repositories: [place], since: '2023-01-01', until: '2023-06-01' };
      await measureChurn({ ...part, exclude });
    },
  );
  await fc.assert(property, { seed: 2010, numRuns: 8 });
}, 30_000);
