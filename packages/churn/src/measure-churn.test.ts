import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { afterAll, describe, expect, test } from 'vitest';
import { commitAll, countedByAwk, git, gitEnv, lines, type SmallCommit } from '../test/small-repository.ts';
import { measureChurn, type ChurnOptions } from './measure-churn.ts';
import type { ChurnReport } from './report.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'churn-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }), 60_000);

let made = 0;
const freshPath = (name = 'repository') => path.join(folder, String(++made), name);

function repository(commits: readonly SmallCommit[], initFlags: readonly string[] = []): string {
  const place = freshPath();
  commitAll(place, commits, initFlags);
  return place;
}

/** The year 2023 of a repository. */
function year2023(place: string, options: Partial<ChurnOptions> = {}): Promise<ChurnReport> {
  return measureChurn({ repositories: [place], since: '2023-01-01', until: '2024-01-01', ...options });
}

const binary = 'GIF\0\u0001\u0002';

/** A bit of everything, before, in and after 2023. */
const everything: readonly SmallCommit[] = [
  { at: '2022-03-01', files: { 'src/a.c': lines(40), 'src/b.c': lines(20, 'b'), 'logo.gif': binary } },
  { at: '2022-12-30', name: 'A', files: { 'doc/guide': 'no newline at the end', 'crlf.txt': 'a\r\nb\r\n' } },
  {
    at: '2023-01-02',
    name: 'm1',
    files: { 'src/a.c': lines(45), 'new\nline': lines(3), 'caf\xe9': lines(2) },
  },
  {
    at: '2023-02-01',
    name: 't1',
    parents: ['A'],
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
  {
    at: '2023-04-01',
    files: { link: { link: 'core/a.c' }, sub: { commit: '1'.repeat(40) }, 'doc/guide': 'x\ny' },
  },
  { at: '2023-12-31T23:59:59', files: { 'logo.gif': `${binary}2` } },
  { at: '2024-01-01', files: { later: lines(1000) } },
];

describe('the figures of a period', () => {
  test('equal an independent count of both ends checked out, and reconcile', async () => {
    const place = repository(everything);
    const { repositories, total } = await year2023(place);
    const { start, end } = repositories[0]!;
    const awkAtStart = countedByAwk(place, start!.commit, path.join(folder, 'at-start'));
    // A link and a submodule are a line each: where they point.
    fs.rmSync(path.join(folder, 'at-start'), { recursive: true });
    const awkAtEnd = countedByAwk(place, end!.commit, path.join(folder, 'at-end')) + 2;
    expect(total).toMatchObject({ linesAtStart: awkAtStart, linesAtEnd: awkAtEnd });
    expect(total.growth).toBe(total.added - total.removed);
    expect(total).toMatchObject({ changesets: 6, firstParentChangesets: 5, binaryCorrection: 0 });
    expect(start).toMatchObject({ date: '2022-12-30T00:00:00.000Z', files: 5, binaryFiles: 1 });
    expect(end).toMatchObject({ date: '2023-12-31T23:59:59.000Z', binaryFiles: 1 });
  });

  test('a rename that keeps its lines adds and removes none, between directories it moves them', async () => {
    const place = repository(everything);
    const { total, byDirectory } = await year2023(place);
    expect(total).toMatchObject({ added: 5 + 3 + 2 + 25 + 1 + 1 + 2, removed: 20 + 1 });
    const core = byDirectory.find((row) => row.directory === 'core');
    expect(core).toMatchObject({ linesAtStart: 0, linesAtEnd: 45, added: 0, moved: 45 });
    expect(byDirectory.reduce((sum, row) => sum + row.moved, 0)).toBe(0);
    expect(byDirectory.reduce((sum, row) => sum + row.added, 0)).toBe(total.added);
    expect(byDirectory.reduce((sum, row) => sum + row.linesAtEnd, 0)).toBe(total.linesAtEnd);
  });

  test('days and months sum to the whole, and end at its lines', async () => {
    const { total, byDay, byMonth, period } = await year2023(repository(everything));
    expect(period).toEqual({
      since: '2023-01-01T00:00:00.000Z',
      until: '2024-01-01T00:00:00.000Z',
      timeZone: 'UTC',
      days: 365,
    });
    expect(byDay).toHaveLength(365);
    expect(byMonth.map((row) => row.time).slice(0, 2)).toEqual(['2023-01', '2023-02']);
    for (const rows of [byDay, byMonth]) {
      expect(rows.reduce((sum, row) => sum + row.growth, 0)).toBe(total.growth);
      expect(rows.reduce((sum, row) => sum + row.changesets, total.changesetsDatedOutside)).toBe(
        total.changesets,
      );
      expect(rows.at(-1)!.linesAtEnd).toBe(total.linesAtEnd);
    }
    expect(total.daysWithoutCommit).toBe(365 - 7);
  });

  test('a changeset that was made before the period and merged in it is told as such', async () => {
    const place = repository([
      { at: '2022-06-01', name: 'A', files: { a: 'a\n' } },
      { at: '2022-12-01', name: 'topic', parents: ['A'], files: { b: 'b\n' } },
      { at: '2023-01-05', parents: ['A', 'topic'], files: { b: 'b\n' } },
    ]);
    const { total, byMonth } = await year2023(place);
    expect(total).toMatchObject({
      added: 1,
      changesets: 1,
      changesetsDatedOutside: 1,
      daysWithoutCommit: 364,
    });
    expect(byMonth[0]).toMatchObject({ time: '2023-01', added: 1, changesets: 0 });
  });

  test('authors are mapped, and sum to the whole with what is nobody’s', async () => {
    const mailmap = { '.mailmap': 'Grace Hopper <grace@navy.mil> <g@x.org>\n' };
    const place = repository([...everything.slice(0, -1), { at: '2023-12-31T23:59:59', files: mailmap }]);
    const { byAuthor, total } = await year2023(place, { authors: true });
    expect(byAuthor?.authors.map((row) => row.author)).toEqual(['Grace Hopper', 'Ada Lovelace']);
    expect(byAuthor?.authors[0]).toMatchObject({ changesets: 2, added: 30, removed: 5, growth: 25 });
    const { authors, unattributed } = byAuthor!;
    for (const field of ['changesets', 'added', 'removed', 'growth'] as const) {
      expect(authors.reduce((sum, row) => sum + row[field], unattributed[field])).toBe(total[field]);
    }
    expect(unattributed).toMatchObject({ changesets: 0, added: -5, removed: 20 - 5 });
  });

  test('a file that turns binary takes its lines with it, and brings them when it turns back', async () => {
    const place = repository([
      { at: '2022-06-01', files: { 'a/data': lines(10), 'b/data': binary } },
      { at: '2023-06-01', files: { 'a/data': binary, 'b/data': lines(7) } },
    ]);
    const { total, byDirectory } = await year2023(place);
    expect(total).toMatchObject({
      linesAtStart: 10,
      linesAtEnd: 7,
      added: 0,
      removed: 0,
      binaryCorrection: -3,
    });
    expect(byDirectory.map((row) => row.binaryCorrection)).toEqual([-10, 7]);
    expect(byDirectory.map((row) => row.moved)).toEqual([0, 0]);
  });

  test('what is excluded counts nowhere; commits count all the same', async () => {
    const place = repository([
      {
        at: '2022-06-01',
        files: { 'vendor/x': lines(100), 'a/vendor/y': lines(10), 'a/b.min.js': 'x', c: lines(3) },
      },
      { at: '2023-06-01', files: { 'vendor/x': lines(200), 'a/b.min.js': lines(9), c: lines(5) } },
    ]);
    const whole = await year2023(place);
    expect(whole.total).toMatchObject({ linesAtStart: 114, added: 100 + 9 + 2 });
    const named = await year2023(place, { exclude: ['@vendored', '*.min.js'] });
    expect(named.total).toMatchObject({
      linesAtStart: 3,
      linesAtEnd: 5,
      added: 2,
      removed: 0,
      changesets: 1,
    });
    const atTop = await year2023(place, { exclude: ['/vendor/', 'a/*.js'] });
    expect(atTop.total).toMatchObject({ linesAtStart: 13, linesAtEnd: 15, added: 2 });
    await expect(year2023(place, { exclude: ['@unknown'] })).rejects.toMatchObject({
      code: 'invalid-pattern',
    });
  });

  test('the start’s lines are followed through the period', async () => {
    const place = repository([
      { at: '2022-06-01', files: { a: lines(100) } },
      { at: '2023-06-15', files: { a: lines(50) } },
    ]);
    const { survival } = await year2023(place, { survival: true });
    expect(survival!.points.map((point) => point.survivingLines)).toEqual([
      ...Array(5).fill(100),
      ...Array(7).fill(50),
    ]);
    expect(survival!.points.at(-1)).toMatchObject({ time: '2024-01-01T00:00:00.000Z', share: 0.5 });
    expect(survival!.halfLifeDays).toBeCloseTo(313.8, 1); // half stood for the last 200 days
  });
});

describe('a period at the edges of a history', () => {
  const born = [{ at: '2023-03-01', files: { a: lines(4) } }];

  test('a repository that did not exist yet at the start has all its lines added', async () => {
    const { total, repositories } = await year2023(repository(born));
    expect(repositories[0]!.start).toBeNull();
    expect(total).toMatchObject({
      linesAtStart: 0,
      linesAtEnd: 4,
      added: 4,
      rewrittenShare: null,
      changesets: 1,
    });
  });

  test('a repository that was born after the period, or has no commit at all, has nothing', async () => {
    const later = await year2023(repository([{ at: '2024-05-01', files: { a: 'a' } }]));
    expect(later.repositories[0]).toMatchObject({ start: null, end: null, linesAtEnd: 0, changesets: 0 });
    const empty = freshPath();
    fs.mkdirSync(empty, { recursive: true });
    git(empty, 'init', '--quiet', '--initial-branch=main');
    const nothing = await year2023(empty, { survival: true, authors: true });
    expect(nothing.repositories[0]).toMatchObject({ branch: 'main', linesAtEnd: 0, daysWithoutCommit: 365 });
  });

  test('a period in which nothing happened starts and ends at the same commit', async () => {
    const { total, repositories } = await measureChurn({
      repositories: [repository(born)],
      since: '2023-04-01',
      until: '2023-05-01',
    });
    expect(repositories[0]!.start).toEqual(repositories[0]!.end);
    expect(total).toMatchObject({
      linesAtStart: 4,
      linesAtEnd: 4,
      growth: 0,
      changesets: 0,
      daysWithoutCommit: 30,
    });
  });

  test('commits dated 1970 and 2038 do not tear the period', async () => {
    const place = repository([
      { at: '2022-06-01', name: 'A', files: { a: lines(10) } },
      { at: '2023-02-01', files: { a: lines(20) } },
      { at: 2_147_483_648, files: { a: lines(30) } },
      { at: '2023-04-01', files: { a: lines(40) } },
    ]);
    const { total, byMonth } = await year2023(place);
    expect(total).toMatchObject({ linesAtStart: 10, linesAtEnd: 40, added: 30, removed: 0, changesets: 3 });
    expect(byMonth.filter((row) => row.added > 0).map((row) => [row.time, row.added])).toEqual([
      ['2023-02', 10],
      ['2023-04', 20],
    ]);
    commitAll(place, [
      { at: 0, files: { a: lines(50) } },
      { at: '2023-05-01', files: { a: lines(55) } },
    ]);
    // The one of 1970 is the first before the start: it is A, and what came before it is not torn out.
    expect((await year2023(place)).total).toMatchObject({ linesAtStart: 50, linesAtEnd: 55, added: 5 });
  });

  test('days are those of the time zone that is asked for', async () => {
    const place = repository([
      { at: '2022-01-01', files: { a: '1\n' } },
      { at: '2022-12-31T22:30:00', files: { a: '1\n2\n' } }, // already 2023 in Berlin
    ]);
    expect((await year2023(place)).total.added).toBe(0);
    const berlin = await year2023(place, { timeZone: 'Europe/Berlin' });
    expect(berlin.period.since).toBe('2022-12-31T23:00:00.000Z');
    expect((await year2023(place, { timeZone: 'Europe/Kyiv' })).total.added).toBe(1);
  });
});

describe('several repositories', () => {
  test('lines are sums; a commit that stands in two counts once', async () => {
    const place = repository(everything);
    const clone = freshPath('clone');
    git(folder, 'clone', '--quiet', place, clone);
    commitAll(clone, []);
    git(clone, 'checkout', '--quiet', '-B', 'main', 'HEAD~1');
    commitAll(clone, [{ at: '2023-12-31T23:59:59', files: { own: 'x\n' } }]);
    const one = await year2023(place, { authors: true });
    const both = await year2023(place, { repositories: [place, clone], authors: true });
    expect(both.total.changesets).toBe(one.total.changesets + 1);
    expect(both.total.firstParentChangesets).toBe(one.total.firstParentChangesets + 1);
    expect(both.total.linesAtEnd).toBe(one.total.linesAtEnd * 2 + 1);
    expect(both.total.daysWithoutCommit).toBe(one.total.daysWithoutCommit);
    expect(both.byAuthor?.unattributed.changesets).toBe(0);
    expect(both.repositories.map((report) => report.name)).toEqual(['repository', 'clone']);
    expect(both.byMonth.at(-1)!.linesAtEnd).toBe(both.total.linesAtEnd);
  });

  test('folders of the same name are told apart; the same one twice is refused', async () => {
    const [a, b] = [repository(everything), repository(everything)];
    const { repositories } = await year2023(a, { repositories: [a, b] });
    expect(repositories.map((report) => report.name)).toEqual(
      [a, b].map((place) => place.split(path.sep).slice(-2).join('/')),
    );
    await expect(year2023(a, { repositories: [a, `${a}/.`] })).rejects.toMatchObject({ code: 'named-twice' });
    await expect(year2023(a, { repositories: [] })).rejects.toMatchObject({ code: 'not-a-repository' });
  });
});

describe('nothing around a repository changes a figure', () => {
  test('not its settings, attributes, replaced objects or checked-out files', async () => {
    const place = repository(everything);
    const before = await year2023(place, { authors: true });
    git(place, 'config', 'diff.renames', 'false');
    git(place, 'config', 'diff.external', 'false');
    git(place, 'config', 'diff.algorithm', 'patience');
    git(place, 'config', 'log.showSignature', 'true');
    git(place, 'config', 'diff.ignoreSubmodules', 'all');
    git(place, 'config', 'mailmap.blob', 'HEAD:crlf.txt');
    fs.mkdirSync(path.join(place, '.git', 'info'), { recursive: true });
    fs.writeFileSync(path.join(place, '.git', 'info', 'attributes'), '* -diff\n');
    fs.writeFileSync(path.join(place, '.gitattributes'), '* -diff\n');
    git(place, 'replace', git(place, 'rev-parse', 'HEAD:later'), git(place, 'rev-parse', 'HEAD:crlf.txt'));
    git(place, 'replace', '--graft', 'HEAD~1');
    expect(await year2023(place, { authors: true })).toEqual(before);
  });

  test('not the environment of a hook that calls it', async () => {
    const place = repository(everything);
    const before = await year2023(place);
    const own = { GIT_DIR: '/nowhere', GIT_EXTERNAL_DIFF: 'false', GIT_INDEX_FILE: '/nowhere/index' };
    Object.assign(process.env, own);
    try {
      expect(await year2023(place)).toEqual(before);
    } finally {
      for (const name of Object.keys(own)) delete process.env[name];
    }
  });

  test('not a push that comes meanwhile', async () => {
    const place = repository(everything);
    const before = await year2023(place);
    let pushed = false;
    const onProgress: ChurnOptions['onProgress'] = ({ phase }) => {
      if (phase !== 'history' || pushed) return;
      pushed = true;
      commitAll(place, [{ at: '2023-12-31T23:59:59', files: { pushed: lines(99) } }]);
      git(place, 'repack', '-adq');
    };
    expect(await year2023(place, { onProgress })).toEqual(before);
    expect(pushed).toBe(true);
  });

  test('a bare clone, a linked worktree and a SHA-256 repository have the same figures', async () => {
    const place = repository(everything);
    const { total } = await year2023(place);
    const bare = freshPath('bare.git');
    git(folder, 'clone', '--quiet', '--bare', place, bare);
    const worktree = freshPath('worktree');
    git(place, 'worktree', 'add', '--quiet', '--detach', '--no-checkout', worktree);
    const withoutSubmodule = everything.map((commit) => {
      const { sub: _sub, ...files } = commit.files;
      return { ...commit, files };
    });
    const sha256 = repository(withoutSubmodule, ['--object-format=sha256']);
    expect((await year2023(bare)).total).toEqual(total);
    expect((await year2023(bare)).repositories[0]!.name).toBe('bare');
    expect((await year2023(worktree)).total).toEqual(total);
    expect((await year2023(sha256)).total).toMatchObject({ added: total.added - 1, removed: total.removed });
  });
});

describe('what cannot be counted', () => {
  test('a shallow clone is refused with the command that completes it', async () => {
    const place = repository(everything);
    const shallow = freshPath("it's shallow");
    git(folder, 'clone', '--quiet', '--depth=2', `file://${place}`, shallow);
    const refused = await year2023(shallow).catch((error: unknown) => error);
    expect(refused).toMatchObject({ name: 'ChurnError', code: 'shallow' });
    const command = /Complete it with: (.*)$/.exec((refused as Error).message)![1]!;
    execFileSync('sh', ['-c', command], { env: gitEnv, stdio: 'ignore' });
    expect((await year2023(shallow)).total).toEqual((await year2023(place)).total);
  });

  test('a partial clone is refused with the command that completes it', async () => {
    const place = repository(everything.slice(0, 3));
    git(place, 'config', 'uploadpack.allowFilter', 'true');
    const partial = freshPath('partial');
    git(
      folder,
      'clone',
      '--quiet',
      '--no-checkout',
      '--filter=blob:none',
      '--origin=up',
      `file://${place}`,
      partial,
    );
    git(partial, 'config', 'extensions.partialClone', 'up'); // as older versions of git do
    const refused = await year2023(partial).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'partial-clone' });
    const command = /Complete it with: (.*)$/.exec((refused as Error).message)![1]!;
    execFileSync('sh', ['-c', command], { env: gitEnv, stdio: 'ignore' });
    expect((await year2023(partial)).total).toEqual((await year2023(place)).total);
  });

  test('what is no repository is told as such: nothing, a file, a folder, a folder in a checkout', async () => {
    const place = repository(everything);
    fs.mkdirSync(path.join(place, 'inside'));
    fs.writeFileSync(path.join(folder, 'file'), '');
    fs.mkdirSync(path.join(folder, 'plain'), { recursive: true });
    for (const bad of [path.join(folder, 'absent'), path.join(folder, 'file'), path.join(folder, 'plain')]) {
      await expect(year2023(bad)).rejects.toMatchObject({ code: 'not-a-repository' });
    }
    const inside = year2023(path.join(place, 'inside'));
    await expect(inside).rejects.toMatchObject({ code: 'not-a-repository' });
  });

  test('a branch is looked up by its name, never as an expression or an option', async () => {
    const place = repository(everything);
    git(place, 'branch', 'old', 'HEAD~3');
    git(place, 'tag', '-a', '-m', 'a tag', 'v1', 'HEAD~1');
    expect((await year2023(place, { branch: 'old' })).repositories[0]!.branch).toBe('old');
    expect((await year2023(place, { branch: 'refs/tags/v1' })).total.changesets).toBe(6);
    for (const branch of ['absent', 'main~1', '--all', '', 'main^{tree}', 'a b', 'x\ny']) {
      await expect(year2023(place, { branch })).rejects.toMatchObject({ code: 'unknown-branch' });
    }
  });

  test('a broken repository ends with what git said, and nothing lies about', async () => {
    const place = repository(everything);
    const blob = git(place, 'rev-parse', 'HEAD~2:core/a.c');
    fs.rmSync(path.join(place, '.git', 'objects', blob.slice(0, 2), blob.slice(2)));
    const [before, own] = [process.env['TMPDIR'], freshPath()];
    fs.mkdirSync(own, { recursive: true });
    process.env['TMPDIR'] = own;
    try {
      const counted = year2023(place);
      await expect(counted).rejects.toMatchObject({
        code: 'tool-failed',
        message: expect.stringContaining(blob),
      });
      expect(fs.readdirSync(own)).toEqual([]);
    } finally {
      if (before === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = before;
    }
  });

  test('a signal ends the counting', async () => {
    const controller = new AbortController();
    const onProgress: ChurnOptions['onProgress'] = ({ phase }) => {
      if (phase === 'history') controller.abort(new Error('enough'));
    };
    const counted = year2023(repository(everything), { signal: controller.signal, onProgress });
    await expect(counted).rejects.toThrow('enough');
    expect(process.getActiveResourcesInfo()).not.toContain('ProcessWrap');
  });
});
