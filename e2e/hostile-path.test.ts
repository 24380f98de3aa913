import { execFile, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Build } from '@millrace/protocol/api/builds';
import { hostileMark, hostileTexts } from '@millrace/testkit/hostile-text';
import { TestBrowser } from './harness/browser.ts';
import { filesBelow } from './harness/files-below.ts';
import { Fleet } from './harness/fleet.ts';
import { millrace } from './harness/run-millrace.ts';
import { until } from './harness/until.ts';

/*
 * Text that does harm where it is taken for code goes the whole way: a repository's branches, files, authors and
 * messages, properties by force and the names of builders, through master, worker, shell lines, arguments,
 * environment, pages and commands. Each would leave a file, open a dialog, or move a terminal's cursor.
 */

/** What git takes as the name of a branch; each tells itself apart by its number. */
const branches = [
  `1$(touch\${IFS}${hostileMark})`,
  `2\`touch\${IFS}${hostileMark}\``,
  `3;touch\${IFS}${hostileMark};#`,
  `4";touch\${IFS}${hostileMark};"`,
  `5';touch\${IFS}${hostileMark};'`,
  `6|touch\${IFS}${hostileMark}&`,
  `7<script>alert(1)</script>`,
  `8"><img/src=x/onerror=alert(1)>`,
  `--upload-pack=touch\${IFS}${hostileMark}`,
  `-ccore.pager=touch\${IFS}${hostileMark}`,
];
/** As far as the names of builders go. */
const builders = ['all', 'constructor', 'a--config.b', 'x..y'];
const texts = Object.values(hostileTexts).filter((text) => text.isWellFormed());
const properties = Object.fromEntries(texts.map((text, index) => [`p${index}`, text]));

const config = `
import { builder, checkout, defineConfig, onChange, property, repository, sh, worker } from 'millrace';
const names = ${JSON.stringify(Object.keys(properties))};
const base = { repository: 'app', workers: ['one'], retriesMax: 0 };
const seen = (build) => names.filter((name) => name in build.properties);
export default defineConfig({
  repositories: [repository({ name: 'app', git: './repository', branches: ['*'], pollEveryMs: 200 })],
  workers: [worker({ name: 'one' })],
  builders: ${JSON.stringify(builders)}.map((name) => builder({ ...base, name, steps: (build) => [
    checkout(),
    sh('ls -la; env | sort; printf "%s\\\\n" "$MILLRACE_PROP_BRANCH"; for f in *; do cat -- "$f" >/dev/null; done', { name: 'line' }),
    sh(['printf', '%s\\\\n', property('branch'), ...seen(build).map((one) => property(one))], { name: 'arguments' }),
    sh(['env'], { name: 'environment', env: { BRANCH: property('branch'), ...Object.fromEntries(seen(build).map((one) => ['X_' + one, property(one)])) } }),
    sh('test ! -e ${hostileMark}', { name: 'nothing was run', always: true }),
  ] })),
  schedulers: [onChange({ name: 'every-push', repository: 'app', builders: ['all'] })],
});
`;

let fleet: Fleet;
let browser: TestBrowser;
let builds: readonly Build[];
const absolute = path.join('/tmp', hostileMark);

function git(...args: readonly string[]): string {
  return execFileSync('git', args, {
    cwd: fleet.repository.folder,
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH ?? '',
      GIT_AUTHOR_NAME: '$(touch x) <b>bold</b>\u001b[31m',
      GIT_AUTHOR_EMAIL: 'author@example.org',
      GIT_COMMITTER_NAME: 'A. Committer',
      GIT_COMMITTER_EMAIL: 'author@example.org',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_SYSTEM: '/dev/null',
    },
  }).trim();
}

/** A commit whose files are named by hostile texts, as far as a file can be. */
function hostileCommit(message: string): string {
  for (const text of texts) {
    const name = text.replaceAll('/', '_').slice(0, 80);
    if (['', '*', '.', '..', hostileMark].includes(name)) continue;
    fs.writeFileSync(path.join(fleet.repository.folder, name), text);
  }
  git('add', '--all');
  git('commit', '--quiet', '--allow-empty', '--message', message);
  return git('rev-parse', 'HEAD');
}

beforeAll(async () => {
  fs.rmSync(absolute, { force: true });
  fleet = await Fleet.start({ steps: '', slots: 2, config });
  browser = await TestBrowser.start();
  const messages = texts.filter((text) => text.trim() !== '');
  for (const [index, branch] of branches.entries()) {
    const revision = hostileCommit(messages.filter((_, at) => at % branches.length === index).join('\n\n'));
    git('update-ref', `refs/heads/${branch}`, revision);
  }
  const forced = builders.map((name) => fleet.post(`/builders/${name}/force`, { properties }));
  await Promise.all(forced);
  builds = await until(
    'everything is built',
    async () => {
      const { items } = await fleet.get<{ items: Build[] }>('/builds?limit=200');
      const isBuilt = (branch: string): boolean => items.some((build) => build.branch === branch);
      const all =
        branches.every(isBuilt) && builders.every((name) => items.some((one) => one.builder === name));
      return all && items.every(({ state }) => state === 'finished') && items;
    },
    100_000,
  );
});
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await fleet?.[Symbol.asyncDispose]();
});

describe('hostile text on the whole way', () => {
  test('is built, and runs nowhere', async () => {
    expect(
      builds.map(({ builder, branch, result, message }) => ({ builder, branch, result, message })),
    ).toEqual(builds.map(({ builder, branch }) => ({ builder, branch, result: 'success', message: null })));
    expect(filesBelow(fleet.folder).filter((file) => path.basename(file) === hostileMark)).toEqual([]);
    expect(fs.existsSync(absolute)).toBe(false);
  });

  test('reaches the commands byte for byte', async () => {
    const build = builds.find(({ builder }) => builder === 'constructor');
    const [, , step] = await fleet.steps(build?.id ?? 0);
    const log = await fleet.raw(step?.logs[0]?.id ?? 0);
    expect(Buffer.from(log).toString()).toBe([build?.branch, ...texts].map((text) => `${text}\n`).join(''));
  });

  test('is shown by the pages, which run none of it', async () => {
    const page = await browser.page();
    const dialogs: string[] = [];
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    const scripted = builds.find(({ branch }) => branch?.startsWith('7'));
    for (const at of ['/', `/builds/${scripted?.id}`, '/builders/constructor', '/queue', '/workers']) {
      await page.goto(`${fleet.url}${at}`);
      await page.getByRole('heading').first().waitFor();
      expect(await page.locator('a[href^="javascript:" i], main img[src="x"], main script').count()).toBe(0);
    }
    await page.goto(`${fleet.url}/builds/${scripted?.id}`);
    await page.getByText('7<script>alert(1)</script>').first().waitFor();
    const forced = builds.find(({ builder }) => builder === 'constructor');
    await page.goto(`${fleet.url}/builds/${forced?.id}?step=arguments`);
    await page.getByRole('log').getByText('<script>alert(1)</script>').first().waitFor();
    expect(dialogs).toEqual([]);
    expect(browser.complaints).toEqual([]);
  });

  test('moves no cursor of a terminal, and is one line where it is one thing', async () => {
    const forced = String(builds.find(({ builder }) => builder === 'constructor')?.id);
    const commands = [['log', forced], ['builds'], ['build', forced], ['queue'], ['builds', '--json']];
    const shown = await Promise.all(commands.map((args) => onTerminal(fleet.folder, fleet.url, args)));
    for (const [index, text] of shown.entries()) expect(obeyedIn(text), commands[index]?.[0]).toEqual([]);
    expect(shown[0]).toContain(String.raw`\x1b]0;owned`);
    for (const name of ['master', 'worker one']) expect(obeyedIn(fleet.output(name)), name).toEqual([]);
  });
});

// oxlint-disable-next-line no-control-regex
const paint = /\u001b\[[0-9;:]*m/gu;
// oxlint-disable-next-line no-control-regex
const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e]/gu;

/** What a terminal would do as it is told, but for colours. */
function obeyedIn(text: string): readonly string[] {
  return text.replaceAll(paint, '').match(control) ?? [];
}

/** What a command writes to a terminal. */
async function onTerminal(folder: string, url: string, args: readonly string[]): Promise<string> {
  const command = [process.execPath, millrace, ...args].map((arg) => `'${arg}'`).join(' ');
  const { stdout } = await promisify(execFile)('script', ['-qec', command, '/dev/null'], {
    cwd: folder,
    env: { ...process.env, MILLRACE_URL: url, TERM: 'xterm-256color' },
  });
  return stdout;
}
