import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '@millrace/kernel/clock';
import { ConfigThread } from '@millrace/master/config/thread/config-thread';
import { samplePlans } from '@millrace/master/config/sample-plans';
import { kill9, processesWith } from './harness/processes.ts';
import { TestRepository } from './harness/test-repository.ts';
import { Up } from './harness/up.ts';

const examples = path.resolve(import.meta.dirname, '../examples');
const names = fs
  .readdirSync(examples, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const configOf = (name: string): string => path.join(examples, name, 'millrace.config.ts');

test.each(names)('nothing is wrong with the example %s, and each of its builders has steps', async (name) => {
  const thread = new ConfigThread({ file: configOf(name), clock: systemClock });
  try {
    const config = await thread.load();
    const plans = await samplePlans(thread, systemClock);
    expect([...plans.keys()]).toEqual(config.builders.map((builder) => builder.name));
    for (const planned of plans.values()) expect(planned).toMatchObject({ kind: 'planned' });
  } finally {
    await thread.close();
  }
});

test('each example stands in the list of them', () => {
  const list = fs.readFileSync(path.join(examples, 'README.md'), 'utf8');
  for (const name of names) expect(list).toContain(`(${name}/millrace.config.ts)`);
});

describe('started in a repository that it is about', () => {
  let folder: string;
  beforeEach(() => {
    folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-examples-')));
  });
  afterEach(() => {
    for (const { pid } of processesWith(folder)) kill9(pid);
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  test.each([
    ['one-machine', 'lines', 'success'],
    ['steps', 'tour', 'warnings'],
  ])('%s builds %s', async (name, builder, result) => {
    const repository = new TestRepository(path.join(folder, 'app'));
    const config = fs.readFileSync(configOf(name), 'utf8');
    const revision = repository.commit('Build it', { [`ci/${name}/millrace.config.ts`]: config });
    await using up = new Up(path.join(repository.folder, 'ci', name), '--force', builder);
    const build = await up.finished(revision);
    expect(build, JSON.stringify(build.steps)).toMatchObject({ builder, result });
  });
});
