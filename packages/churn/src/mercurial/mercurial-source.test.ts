import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commitAll, gitEnv, lines, type SmallCommit } from '../../test/small-repository.ts';
import { measureChurn, type ChurnOptions } from '../measure-churn.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'churn-hg-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }), 60_000);

const hgEnv = { ...gitEnv, HGRCPATH: '', HGPLAIN: '1', HGUSER: 'T <t@example.org>', HGENCODING: 'UTF-8' };

function hg(cwd: string, ...args: string[]): string {
  return execFileSync('hg', args, {
    cwd,
    env: hgEnv,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();
}

/** A branch from before the period, merges, renames, a link, a binary file, names of any bytes, no last newline. */
const history: readonly SmallCommit[] = [
  {
    at: '2022-03-01',
    name: 'old',
    files: { 'src/a.c': lines(40), 'src/b.c': lines(20, 'b'), logo: 'GIF\0\u0001' },
  },
  { at: '2022-12-30', name: 'A', files: { 'doc/guide': 'no newline at the end', 'crlf.txt': 'a\r\nb\r\n' } },
  {
    at: '2023-01-02',
    name: 'm1',
    files: { 'src/a.c': lines(45), 'caf\xe9 "q"': lines(2), 'sp ace\\': 'x\n' },
  },
  {
    at: '2023-02-01',
    name: 't1',
    parents: ['old'],
    author: 'Grace <g@x.org>',
    files: { 'lib/t.c': lines(30, 't') },
  },
  {
    at: '2023-02-03',
    name: 't2',
    parents: ['t1'],
    author: 'Grace <g@x.org>',
    files: { 'lib/t.c': lines(25, 't') },
  },
  {
    at: '2023-02-05',
    name: 'm2',
    parents: ['m1', 't2'],
    files: { 'lib/t.c': lines(25, 't'), 'src/b.c': null },
  },
  { at: '2023-03-01', files: { 'src/a.c': null, 'core/a.c': lines(45) } },
  { at: '2023-04-01', files: { 'doc/guide': 'x\ny', logo: lines(3), link: { link: 'core/a.c' } } },
  { at: '2024-01-01', files: { later: lines(100) } },
];

const hgIsHere = spawnSync('hg', ['--version', '--quiet']).status === 0;

// Where the tests of every change run, Mercurial is there; a person without it is told why these are left out.
describe.skipIf(!hgIsHere && !process.env['CI'])(
  'Mercurial (Debian package mercurial)',
  { timeout: 60_000 },
  () => {
    const [gitPlace, hgPlace] = [path.join(folder, 'git'), path.join(folder, 'hg')];
    const year2023 = (place: string, options: Partial<ChurnOptions> = {}) =>
      measureChurn({ repositories: [place], since: '2023-01-01', until: '2024-01-01', ...options });

    beforeAll(() => {
      commitAll(gitPlace, history);
      hg(folder, '--config', 'extensions.convert=', 'convert', '--quiet', '--datesort', gitPlace, hgPlace);
    }, 60_000);

    test('has the same lines, additions, removals, authors and days as git for the same history', async () => {
      const options = { authors: true, survival: true };
      const [inGit, inHg] = [await year2023(gitPlace, options), await year2023(hgPlace, options)];
      expect(inHg.total).toEqual(inGit.total);
      expect(inHg.total).toMatchObject({ changesets: 5, firstParentChangesets: 4 });
      expect(inHg.byDay).toEqual(inGit.byDay);
      expect(inHg.byAuthor).toEqual(inGit.byAuthor);
      expect(inHg.survival).toEqual(inGit.survival);
      const withoutName = inGit.byDirectory.map((row) => ({ ...row, repository: 'hg' }));
      expect(inHg.byDirectory).toEqual(withoutName);
      expect(inHg.repositories[0]).toMatchObject({ kind: 'mercurial', branch: 'default' });
      expect(inHg.repositories[0]!.start!.commit).toBe(
        hg(hgPlace, 'log', '-r', 'date("2022-12-30")', '-T', '{node}'),
      );
    });

    test('a history from its first commit on is the same too', async () => {
      const options = { since: '2020-01-01', until: '2025-01-01' };
      expect((await year2023(hgPlace, options)).total).toEqual((await year2023(gitPlace, options)).total);
    });

    test('and a clone of it counts no commit twice', async () => {
      const clone = path.join(folder, 'clone');
      hg(folder, 'clone', '--quiet', '--noupdate', hgPlace, clone);
      const [one, both] = [
        await year2023(hgPlace),
        await year2023(hgPlace, { repositories: [hgPlace, clone] }),
      ];
      expect(both.total.changesets).toBe(one.total.changesets);
      expect(both.total.added).toBe(one.total.added * 2);
    });

    test('what the user or the repository has set changes nothing', async () => {
      const before = await year2023(hgPlace);
      const hgrc =
        '[diff]\ngit = False\nignorews = True\n[defaults]\nlog = -l 1\n[extensions]\nabsent = /absent.py\n';
      fs.writeFileSync(path.join(hgPlace, '.hg', 'hgrc'), hgrc);
      expect(await year2023(hgPlace)).toEqual(before);
    });

    test('branches, bookmarks and tags are found by name, and nothing else', async () => {
      hg(hgPlace, 'bookmark', '-r', 'date("2023-03-01")', 'feature "x"');
      const { repositories } = await year2023(hgPlace, { branch: 'feature "x"' });
      expect(repositories[0]).toMatchObject({ branch: 'feature "x"', firstParentChangesets: 3 });
      expect((await year2023(hgPlace, { branch: 'default' })).total.firstParentChangesets).toBe(4);
      for (const branch of ['absent', 'tip~1', '', '") or all() or ("']) {
        await expect(year2023(hgPlace, { branch })).rejects.toMatchObject({ code: 'unknown-branch' });
      }
    });

    test('a repository without a changeset has nothing, one that is broken says what Mercurial said', async () => {
      const empty = path.join(folder, 'empty');
      hg(folder, 'init', empty);
      expect((await year2023(empty)).repositories[0]).toMatchObject({
        start: null,
        end: null,
        linesAtEnd: 0,
      });
      fs.appendFileSync(path.join(empty, '.hg', 'requires'), 'a-requirement-from-the-future\n');
      await expect(year2023(empty)).rejects.toMatchObject({
        code: 'tool-failed',
        message: expect.stringContaining('a-requirement-from-the-future'),
      });
    });

    test('a signal ends Mercurial and git', async () => {
      const controller = new AbortController();
      const onProgress: ChurnOptions['onProgress'] = ({ phase, done }) => {
        if (phase === 'import' && done === 1) controller.abort(new Error('enough'));
      };
      await expect(year2023(hgPlace, { signal: controller.signal, onProgress })).rejects.toThrow('enough');
    });
  },
);
