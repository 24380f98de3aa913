import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Build } from '@millrace/protocol/api/builds';
import { loadOf } from '../packages/web/dev/load.ts';
import { TestBrowser } from './harness/browser.ts';
import { Fleet } from './harness/fleet.ts';
import { until } from './harness/until.ts';

/*
 * The pages of a real master in a real browser. The steps run what the commit brought.
 */
const steps = `checkout(), sh(['sh', 'compile.sh'], { name: 'compile' }), sh(['sh', 'work.sh'], { name: 'work', killGraceMs: 500 })`;
const painted = `printf '\\033[1;31merror\\033[0m: expected 4095\\n'`;

let fleet: Fleet;
let browser: TestBrowser;

beforeAll(async () => {
  fleet = await Fleet.start({ steps });
  browser = await TestBrowser.start();
  // The first commit has no scripts: the next ones have.
});
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await fleet?.[Symbol.asyncDispose]();
});
beforeEach(() => {
  browser.complaints.length = 0;
});

/** Commits a script for the step `work`, and answers the build of it. */
async function buildOf(message: string, work: string): Promise<Build> {
  const revision = fleet.repository.commit(message, {
    'compile.sh': 'echo compiled\n',
    'work.sh': `${work}\n`,
  });
  return until(`a build of ${message}`, async () => {
    const { items } = await fleet.get<{ items: Build[] }>(`/builds?revision=${revision}`);
    return items[0];
  });
}

const finished = (id: number): Promise<Build> =>
  until(`build ${id} is finished`, async () => {
    const build = await fleet.get<Build>(`/builds/${id}`);
    return build.state === 'finished' && build;
  });

const gateScript = (gate: string, before = 'echo begun', after = 'echo ended'): string =>
  `${before}\nwhile [ ! -e '${gate}' ]; do sleep 0.05; done\n${after}`;

describe('the pages', () => {
  test('a commit is seen as a running build, its log as it is written, and its end, without a reload', async () => {
    const page = await browser.page();
    await page.goto(fleet.url);
    await page.getByText('Nothing has been built yet').waitFor();
    const gate = path.join(fleet.folder, 'gate-live');
    const build = await buildOf('Show what runs', gateScript(gate));
    const row = page.locator(`[data-row][data-build="${build.id}"]`).first();
    await row.waitFor();
    expect(await row.textContent()).toContain('Show what runs');
    await row.click();
    await page.getByRole('heading', { name: `main #${build.number}` }).waitFor();
    const log = page.getByRole('log');
    await log.getByText('begun').waitFor();
    expect(await page.title()).toBe(`◐ main #${build.number}`);
    expect(await log.textContent()).not.toContain('ended');
    fs.writeFileSync(gate, '');
    await log.getByText('ended').waitFor();
    await page.getByText('All steps succeeded.').waitFor();
    expect(await page.title()).toBe(`✓ main #${build.number}`);
    await page.getByRole('link', { name: 'Builds' }).click();
    await page.locator(`[data-build="${build.id}"][data-state="success"]`).waitFor();
    expect(browser.complaints).toEqual([]);
  });

  test('a failing build tells on its page which step, and shows its log in colour', async () => {
    const build = await buildOf('Break it', `echo one\n${painted}\nexit 3`);
    await finished(build.id);
    const page = await browser.page();
    await page.goto(`${fleet.url}/builds/${build.id}`);
    await page.getByText('“work” failed with exit code 3.').waitFor();
    const word = page.getByRole('log').getByText('error', { exact: true });
    await word.waitFor();
    expect(await word.getAttribute('style')).toContain('--ansi-1');
    await page.getByText('the last good one is').waitFor();
    await page.goto(`${fleet.url}/?show=broken`);
    await page.locator(`[data-build="${build.id}"]`).waitFor();
    await page.getByRole('link', { name: 'Green', exact: true }).click();
    await page.locator(`[data-build="${build.id}"]`).waitFor({ state: 'detached' });
    expect(page.url()).toBe(`${fleet.url}/?show=success`);
    await page.goBack();
    expect(browser.complaints).toEqual([]);
  });

  test('lines have links, and a build is made again by a key', async () => {
    const lines = 30_000;
    const build = await buildOf('Write much', `seq -f 'line %.0f of many' 1 ${lines}`);
    await finished(build.id);
    const page = await browser.page();
    await page.goto(`${fleet.url}/builds/${build.id}?step=work#L12345-L12347`);
    const log = page.getByRole('log');
    await log.getByText('line 12345 of many', { exact: true }).waitFor();
    expect(await log.locator('[data-marked="true"]').count()).toBe(3);
    // Only what is in sight is there.
    expect(await log.locator('[data-index]').count()).toBeLessThan(200);
    await log.locator('a[href="#L12350"]').click({ modifiers: ['Shift'] });
    await page.waitForURL(/#L12345-L12350$/u);
    await page.keyboard.press('Escape');
    await page.waitForURL((url) => url.hash === '');
    await page.keyboard.press('G');
    // The command that ran is the log's first line.
    await log.getByText(`line ${lines} of many`, { exact: true }).waitFor();
    await page.keyboard.press('r');
    await page.getByRole('link', { name: 'Go to the build' }).click();
    await page.getByRole('heading', { name: `main #${build.number + 1}` }).waitFor();
    await page.getByText('All steps succeeded.').waitFor();
    expect(browser.complaints).toEqual([]);
  });

  test('a cancel can be taken back for five seconds, and is then carried out', async () => {
    const build = await buildOf('Wait for ever', 'echo begun; sleep 600');
    const page = await browser.page();
    await page.goto(`${fleet.url}/builds/${build.id}`);
    await page.getByRole('log').getByText('begun').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: 'Undo' }).waitFor({ state: 'detached' });
    expect(await fleet.get<Build>(`/builds/${build.id}`)).toMatchObject({
      state: 'running',
      cancelling: false,
    });
    await page.keyboard.press('x');
    await page.getByText(`Cancelling main #${build.number}`).waitFor();
    expect((await finished(build.id)).result).toBe('cancelled');
    await page.getByRole('button', { name: 'Retry' }).waitFor();
    expect(await page.title()).toBe(`▬ main #${build.number}`);
    expect(browser.complaints).toEqual([]);
  });

  test('a build is forced with a form, by the keyboard alone', async () => {
    await buildOf('Print a property', 'echo "it is $MILLRACE_PROP_COLOUR"');
    const page = await browser.page();
    await page.goto(`${fleet.url}/builders/main`);
    await page.locator('[data-row]').first().waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog').getByText('Force a build').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('f');
    await page.getByLabel('Revision').fill('0'.repeat(40));
    await page.keyboard.press('Enter');
    // What the master says no to is told as its sentence.
    await page.getByRole('listitem').filter({ hasText: '000000' }).waitFor();
    await page.getByLabel('Revision').fill('');
    await page.getByLabel('Properties').fill('colour=teal');
    await page.getByRole('button', { name: 'Force a build' }).press('Enter');
    await page.getByRole('link', { name: 'Go to the build' }).press('Enter');
    await page.getByText('All steps succeeded.').waitFor();
    await page.getByRole('log').getByText('it is teal').waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('q');
    await page.waitForURL(/\/queue$/u);
    await page.getByText('Nothing waits.').waitFor();
    expect(browser.complaints.filter((complaint) => !complaint.includes('Failed to load resource'))).toEqual(
      [],
    );
  });

  test('a text is looked for in a log, by keyboard, one line after the other', async () => {
    const build = await buildOf('Print many lines', "seq -f 'line %.0f' 1 5000");
    await finished(build.id);
    const page = await browser.page();
    await page.goto(`${fleet.url}/builds/${build.id}?step=work`);
    await page.getByRole('log').getByText('line 5000', { exact: true }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('LINE 12');
    await page.keyboard.press('Enter');
    await page.getByText('1 of 111').waitFor();
    await page.getByRole('log').getByText('line 12', { exact: true }).waitFor();
    await page.keyboard.press('Shift+Enter');
    await page.getByRole('log').getByText('line 1299', { exact: true }).waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await page.getByText('2 of 111').waitFor();
    expect(browser.complaints).toEqual([]);
  });

  test('a worker is paused with a reason, the queue says so and is reordered, and goes on after it', async () => {
    const page = await browser.page();
    const { items: workers } = await fleet.get<{ items: { name: string }[] }>('/workers');
    await page.goto(`${fleet.url}/workers`);
    for (const { name } of workers) {
      await page.getByRole('button', { name: `Pause ${name}` }).click();
      await page.getByLabel('Why').fill('a new disk');
      await page.getByLabel('Why').press('Enter');
      await page.getByRole('button', { name: `Resume ${name}` }).waitFor();
    }
    await page.getByText('Paused: a new disk.').first().waitFor();
    const revision = fleet.repository.commit('Wait for a worker', {
      'compile.sh': 'true\n',
      'work.sh': 'true\n',
    });
    await page.goto(`${fleet.url}/queue`);
    await page.getByText('is paused: a new disk').waitFor();
    await page.getByRole('button', { name: 'go sooner' }).click();
    await page.getByTitle('Priority: higher goes first').getByText('10', { exact: true }).waitFor();
    await page.goto(`${fleet.url}/workers`);
    for (const { name } of workers) await page.getByRole('button', { name: `Resume ${name}` }).click();
    const build = await until('the build that waited', async () => {
      const { items } = await fleet.get<{ items: Build[] }>(`/builds?revision=${revision}`);
      return items[0];
    });
    expect((await finished(build.id)).result).toBe('success');
    expect(browser.complaints).toEqual([]);
  });

  test('what others wrote is text, whatever it is', async () => {
    const message = '<img src=x onerror="document.title=1"> & <b>bold</b>';
    const build = await buildOf(
      message,
      `printf '<script>document.title=2</script> \\033]0;x\\007\\033[2Jafter \\000\\377\\n'`,
    );
    await finished(build.id);
    const page = await browser.page();
    await page.goto(`${fleet.url}/builds/${build.id}?step=work`);
    await page.getByText('<script>document.title=2</script>').waitFor();
    expect(await page.getByText(message).count()).toBeGreaterThan(0);
    expect(await page.locator('main img, main b:has-text("bold")').count()).toBe(0);
    expect(await page.title()).toBe(`✓ main #${build.number}`);
    expect(browser.complaints).toEqual([]);
  });

  test('a page that lost its master says so, and catches up when it is back', async () => {
    const gate = path.join(fleet.folder, 'gate-lost');
    const build = await buildOf(
      'Go on without a master',
      gateScript(gate, 'echo begun', 'seq -f "late %.0f" 1 500'),
    );
    const page = await browser.page();
    await page.goto(`${fleet.url}/builds/${build.id}`);
    await page.getByRole('log').getByText('begun').waitFor();
    fleet.killMaster();
    await page.getByText('Not connected to the master since').waitFor();
    fs.writeFileSync(gate, '');
    await fleet.startMaster();
    await page.getByText('All steps succeeded.').waitFor();
    await page.getByRole('log').getByText('late 500', { exact: true }).waitFor();
    await page.getByText('Not connected to the master since').waitFor({ state: 'detached' });
  });

  test('a master’s page takes a profile of both threads, and shows it with files to keep', async () => {
    const page = await browser.page();
    await page.goto(`${fleet.url}/masters`);
    await page
      .getByRole('main')
      .getByRole('link', { name: /Runs since/u })
      .click();
    await page.getByRole('heading', { name: 'Stalls' }).waitFor();
    await page.getByLabel('For how long').selectOption('2 seconds');
    await page.keyboard.press('p');
    await page.getByText(/% idle for \d/u).waitFor();
    await page.getByRole('button', { name: /^Store’s thread/u }).click();
    await page.getByRole('group', { name: 'Flame graph of the store thread' }).waitFor();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Flame graph' }).click(),
    ]);
    const flames = fs.readFileSync(await file.path(), 'utf8');
    expect(flames).toContain('<h2>Thread main</h2>');
    expect(flames).toContain('<h2>Thread store</h2>');
    expect(await page.getByRole('button', { name: /cpuprofile/u }).allTextContents()).toEqual([
      'main.cpuprofile',
      'store.cpuprofile',
    ]);
    expect(browser.complaints).toEqual([]);
  });

  test('a profile that is refused is told as the master says it, after the progress of sampling', async () => {
    const page = await browser.page();
    const refused = Promise.withResolvers<void>();
    await page.route('**/profile', async (route) => {
      await refused.promise;
      const detail = 'A profile of "master" is being taken already.';
      await route.fulfill({ status: 409, json: { status: 409, code: 'profile-running', detail } });
    });
    await page.goto(`${fleet.url}/masters/master`);
    await page.getByRole('button', { name: 'Take a profile' }).click();
    await page.getByRole('progressbar', { name: 'Sampling' }).waitFor();
    refused.resolve();
    await page.getByRole('alert').getByText('is being taken already').waitFor();
    await page.getByRole('button', { name: 'Take a profile' }).and(page.locator(':enabled')).waitFor();
    expect(browser.complaints.filter((complaint) => !complaint.includes('409'))).toEqual([]);
  });

  test('the load of a master is held against what was before a deployment', async () => {
    const page = await browser.page();
    // A real one writes a point a minute: weeks of them are made up.
    await page.route('**/load?*', (route) => {
      const load = loadOf('master', new URL(route.request().url()).searchParams, Date.now());
      return route.fulfill({ json: load });
    });
    await page.goto(`${fleet.url}/masters/master?span=month`);
    const choice = await page.getByRole('option', { name: 'version 0.2.0' }).textContent();
    await page.getByLabel('Compare with').selectOption(choice);
    await page.waitForURL(/[?&]split=\d+/u);
    await page.getByRole('row', { name: /^Event loop busy.*−\d+%$/u }).waitFor();
    await page.getByRole('slider', { name: 'A moment of the charts' }).press('ArrowRight');
    await page.getByText(/^Event loop, .+ the hour after$/u).waitFor();
    await page.goBack();
    await page.getByRole('columnheader', { name: 'Here' }).first().waitFor();
    expect(browser.complaints).toEqual([]);
  });

  test('on a phone nothing runs out of the side', async () => {
    const page = await browser.page({ viewport: { width: 390, height: 844 } });
    const { items } = await fleet.get<{ items: Build[] }>('/builds');
    for (const route of [
      '/',
      '/builders/main',
      '/queue',
      '/workers',
      '/masters',
      '/masters/master',
      `/builds/${items[0]?.id}`,
    ]) {
      await page.goto(fleet.url + route);
      await page.getByRole('main').locator('h1').first().waitFor({ state: 'attached' });
      const wide = await page.evaluate<number>('document.documentElement.scrollWidth');
      expect({ route, wide }).toEqual({ route, wide: 390 });
    }
    expect(browser.complaints).toEqual([]);
  });
});
