import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { TestBrowser } from './harness/browser.ts';
import { kill9, processesWith } from './harness/processes.ts';
import { realProjects } from './harness/real-projects.ts';
import { TestRepository } from './harness/test-repository.ts';
import { Up } from './harness/up.ts';

/*
 * A person's first hour with each kind of project: `millrace init`, `millrace up`, a green build, a commit that breaks
 * a test, and the reason on the page. The projects are built by the real tools.
 */
const millrace = path.resolve(import.meta.dirname, '../packages/cli/bin/millrace.js');
/** Two builds, a start and a stop, each with its own bound. */
const testMsMax = 300_000;

let folder: string;
let browser: TestBrowser;
beforeAll(async () => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-first-')));
  browser = await TestBrowser.start();
});
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  for (const { pid } of processesWith(folder)) kill9(pid);
  fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});
afterEach(() => expect(browser.complaints).toEqual([]));

function reproduce(cwd: string, url: string, build: number) {
  const args = ['reproduce', String(build), '--data', path.join(folder, 'reproduced')];
  const env = { ...process.env, MILLRACE_URL: url };
  return spawnSync(process.execPath, [millrace, ...args], { cwd, env, encoding: 'utf8' });
}

describe.concurrent('from init to green and to red with the reason, without an edit:', () => {
  test.for(realProjects)('$name', { timeout: testMsMax }, async (project, { expect }) => {
    const repository = new TestRepository(path.join(folder, project.name));
    repository.commit('A project', project.files);
    const init = spawnSync(process.execPath, [millrace, 'init'], {
      cwd: repository.folder,
      encoding: 'utf8',
    });
    expect(init, init.stderr).toMatchObject({ status: 0 });
    // The set-up of the tests has installed all of it.
    expect(init.stdout).not.toContain('lacks');
    const revision = repository.commit('Build it', {});

    await using up = new Up(repository.folder, '--force', 'check');
    const green = await up.finished(revision);
    expect(green, JSON.stringify(green.steps)).toMatchObject({ result: 'success', branch: 'main' });
    expect(green.steps.map(({ name }) => name)).toEqual(['checkout', ...project.steps]);

    const red = await up.finished(repository.commit('Break it', project.broken));
    expect(red.result).toBe('failure');
    const page = await browser.page();
    await page.goto(`${up.url}/builds/${red.id}`);
    const why = page.getByRole('region', { name: 'Why it failed' });
    for (const line of project.reason) await why.getByText(line).first().waitFor();
    await why.getByText(`millrace reproduce ${red.id}`).waitFor();
    await page.close();
    // The quickest of them stands for all.
    if (project.name === 'python') {
      const again = reproduce(repository.folder, up.url, red.id);
      expect(again.status, again.stderr).toBe(1);
      for (const line of project.reason) expect(again.stdout).toContain(line);
      expect(again.stderr).toContain('it fails here as it did there');
    }
  });
});
