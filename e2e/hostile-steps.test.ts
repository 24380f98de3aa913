import fs from 'node:fs';
import path from 'node:path';
import type { PlannedStep } from '@millrace/protocol/plan';
import { hostileMark, hostileRows } from '@millrace/testkit/hostile-text';
import { propertyVariable } from '@millrace/worker/steps/environment';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RealSteps, stepDefaults } from './harness/real-steps.ts';
import { TestRepository } from './harness/test-repository.ts';

/** What nothing may run, wherever it comes by. */
const texts = hostileRows.map(([, text]) => text);
/** Nothing in them makes git ask a host by name. */
const isAddress = /^-|^ext:|^ssh:|^\.|^\/|^\$\(|^`/;
const isCode = /^-|^\.\.\/|^\$\(|^`|^;/;
/** As a program is given it: half of a character is none. */
const wellFormed = texts.map((text) => text.toWellFormed());

describe('hostile text', () => {
  let steps: RealSteps;

  beforeEach(() => {
    steps = new RealSteps();
  });

  afterEach(() => {
    const made = fs.readdirSync(steps.root, { recursive: true }).map((name) => path.basename(String(name)));
    expect(made).not.toContain(hostileMark);
    expect(fs.existsSync(hostileMark)).toBe(false);
    expect(fs.existsSync(`/tmp/${hostileMark}`)).toBe(false);
    steps.remove();
  });

  const sh = (change: object): PlannedStep => ({
    kind: 'sh',
    name: 'sh',
    folder: '.',
    separateStreams: true,
    command: { line: 'true' },
    ...stepDefaults,
    ...change,
  });

  test('in properties, the names of builder and branch, and the environment is what commands see, and no code', async () => {
    const properties = Object.fromEntries(texts.map((text, index) => [`text-${index}`, text]));
    const source = { repository: 'app', url: '/', branch: '$(touch millrace-was-here)', revision: '`x`' };
    const change = { properties, source, builder: '"; touch millrace-was-here; "' };
    // One shell line as authors write them, quoted, for each of them and what else a step is told.
    const variables = [
      ...Object.keys(properties).map(propertyVariable),
      ...texts.map((_, index) => `OWN_${index}`),
      'MILLRACE_BRANCH',
      'MILLRACE_REVISION',
      'MILLRACE_BUILDER',
    ];
    const line = variables.map((name) => `printf '%s\\0' "$${name}"`).join('; ');
    const env = Object.fromEntries(
      texts.map((_, index) => [`OWN_${index}`, [{ property: `text-${index}` }]]),
    );
    const seen = steps.start(sh({ command: { line }, env }), change);
    expect(await seen.done).toMatchObject({ result: 'success' });
    expect(seen.log().split('\0').slice(0, -1)).toEqual([
      ...wellFormed,
      ...wellFormed,
      source.branch,
      source.revision,
      change.builder,
    ]);
    // Unquoted, they are still no code: a shell does not look at a value twice.
    const loose = Object.keys(properties).map((name) => `: $${propertyVariable(name)}`);
    expect(await steps.start(sh({ command: { line: loose.join('; ') } }), change).done).toMatchObject({
      result: 'success',
    });
  });

  test('in arguments is an argument', async () => {
    const properties = Object.fromEntries(texts.map((text, index) => [`text-${index}`, text]));
    const print = 'process.stdout.write(JSON.stringify(process.argv.slice(1)))';
    const args = [
      process.execPath,
      '-e',
      print,
      '--',
      ...texts.map((_, index) => [{ property: `text-${index}` }]),
    ];
    const { done, log } = steps.start(sh({ command: { args } }), { properties });
    expect(await done).toMatchObject({ result: 'success' });
    expect(JSON.parse(log())).toEqual(wellFormed);
  });

  test.each(['git', 'hg'] as const)('as an address of %s runs nothing', async (kind) => {
    const revision = 'deadbeef'.repeat(5);
    // Of hg, which is slow to start, what looks like one of its options.
    for (const url of texts.filter((text) => (kind === 'hg' ? /^--c|^ssh:/ : isAddress).test(text))) {
      const { done } = steps.checkout({ kind, repository: 'app', url, branch: 'main', revision });
      expect([url, (await done).result]).toEqual([url, 'exception']);
    }
  });

  test('as a branch or a folder of a checkout runs nothing', async () => {
    const repository = new TestRepository(path.join(steps.root, 'repositories', 'app'));
    const source = { repository: 'app', url: repository.folder, branch: 'main', revision: repository.head() };
    for (const text of texts.filter((one) => isCode.test(one) && one.length < 200)) {
      // What no server has, so that it is looked for on the branch.
      const gone = { ...source, branch: text, revision: 'deadbeef'.repeat(5) };
      const step = { depth: 1, mode: 'clobber' } as const;
      expect((await steps.checkout(gone, { step }).done).result).not.toBe('success');
      const { result } = await steps.checkout(source, { step: { folder: text } }).done;
      const leadsOut = path.isAbsolute(text) || text.startsWith('../');
      expect([text, result]).toEqual([text, leadsOut ? 'exception' : 'success']);
    }
  });

  test('as names of files and branches in a repository is checked out as it is', async () => {
    const repository = new TestRepository(path.join(steps.root, 'repositories', 'app'));
    const fileNames = wellFormed.filter((text) => !text.includes('/') && Buffer.byteLength(text) < 250);
    const files = Object.fromEntries(fileNames.map((name) => [`sub/${name}`, 'x']));
    const revision = repository.commit('$(touch millrace-was-here)', files);
    repository.branch('$(touch${IFS}millrace-was-here)');
    const source = { repository: 'app', url: repository.folder, branch: 'main', revision };
    for (const mode of ['fresh', 'clean', 'clobber'] as const)
      expect(await steps.checkout(source, { step: { mode } }).done).toEqual({ result: 'success' });
    expect(fs.readdirSync(path.join(steps.buildFolder(), 'sub')).sort()).toEqual([...fileNames].sort());
  });
});
