import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Generation, Reloaded } from '@millrace/protocol/api/configs';
import type { Forced } from '@millrace/protocol/api/builds';
import type { MillraceEvent } from '@millrace/protocol/event';
import { Fleet } from './harness/fleet.ts';
import { until } from './harness/until.ts';

interface Edited {
  readonly builders: readonly string[];
  readonly workers?: readonly string[];
  /** Makes each version another. */
  readonly version: number;
}

/** The config of this fleet as somebody has edited it; each builder waits for a file of its own name. */
function edit(fleet: Fleet, { builders, workers = ['one', 'two'], version }: Edited): void {
  const text = `
import { builder, defineConfig, onChange, repository, sh, worker } from 'millrace';
import { waitFor } from './steps.ts';

export default defineConfig({
  repositories: [repository({ name: 'app', git: './repository', branches: ['main'] })],
  workers: ${JSON.stringify(workers)}.map((name) => worker({ name })),
  builders: ${JSON.stringify(builders)}.map((name) => builder({
    name, repository: 'app', workers: ${JSON.stringify(workers)}, properties: { version: ${version} },
    steps: () => [sh(waitFor(name))],
  })),
  schedulers: [onChange({ name: 'every-push', repository: 'app', builders: ['${builders[0]}'] })],
});
`;
  fs.writeFileSync(path.join(fleet.folder, 'millrace.config.ts'), text);
  const helper = `export const waitFor = (name: string): string => \`while [ ! -e ${fleet.folder}/go-\${name} ]; do sleep 0.02; done; echo version ${version}\`;\n`;
  fs.writeFileSync(path.join(fleet.folder, 'steps.ts'), helper);
}

const go = (fleet: Fleet, builder: string): void =>
  fs.writeFileSync(path.join(fleet.folder, `go-${builder}`), '');
const generations = async (fleet: Fleet): Promise<readonly Generation[]> =>
  (await fleet.get<{ items: Generation[] }>('/masters/master/generations')).items;

test('ten reloads by signal, by API and by command, with a mistake among them, leave a running build alone', async () => {
  await using fleet = await Fleet.start({ steps: `sh('true')`, workers: ['one', 'two'], slots: 2 });
  edit(fleet, { builders: ['main'], version: 0 });
  const reload = () => fleet.post<Reloaded>('/masters/master/reload');
  const first = await reload();
  expect(first).toMatchObject({ kind: 'reloaded', diff: { nouns: expect.arrayContaining([]) } });
  const request = await fleet.force();
  const running = await fleet.runningBuild(request);
  expect(running.generation).toBe(first.after);

  for (let version = 1; version <= 8; version++) {
    const before = await generations(fleet);
    edit(fleet, { builders: version % 2 === 0 ? ['main'] : ['other', 'third'], version });
    if (version % 4 < 2) await reload();
    else fleet.signalMaster('SIGHUP');
    await until('another config is in force', async () => (await generations(fleet)).length > before.length);
  }

  // Its builder is not in the config: who waits for it says so, and its name brings it back.
  edit(fleet, { builders: ['other'], version: 9 });
  const gone = await reload();
  expect(gone.diff.nouns).toContainEqual(
    expect.objectContaining({ noun: 'builder', name: 'main', kind: 'removed' }),
  );
  expect(gone.diff.consequences.map(({ kind }) => kind)).toContain('builds-go-on');
  fs.writeFileSync(path.join(fleet.folder, 'steps.ts'), 'export const waitFor = {{;\n');
  const mistaken = await fleet.cli('reload');
  expect(mistaken.status).toBe(2);
  expect(mistaken.stderr).toContain('Nothing was changed');
  expect(mistaken.stderr).toContain('steps.ts:1');
  expect((await generations(fleet))[0]?.generation).toBe(gone.after);

  edit(fleet, { builders: ['main', 'other'], workers: ['two'], version: 10 });
  const dry = await fleet.cli('reload', '--dry-run');
  expect(dry.stdout).toContain('+ builder main');
  expect(dry.stdout).toMatch(/Worker "one" is sent away|− worker one/u);
  const told = await fleet.cli('reload');
  expect(told).toMatchObject({ status: 0, stderr: '' });

  expect(await fleet.buildsOf(request)).toMatchObject([{ id: running.id, state: 'running' }]);
  go(fleet, 'main');
  expect(await fleet.finishedRequest(request)).toMatchObject({ result: 'success' });
  const builds = await fleet.buildsOf(request);
  expect(builds).toMatchObject([{ id: running.id, generation: first.after, worker: running.worker }]);
  const log = await fleet.logId(running.id, 'output');
  expect(Buffer.from(await fleet.raw(log)).toString()).toBe('version 0\n');

  const { requests } = await fleet.post<Forced>('/builders/main/force');
  expect(await fleet.finishedRequest(requests[0] ?? 0)).toMatchObject({ result: 'success' });
  expect(await fleet.buildsOf(requests[0] ?? 0)).toMatchObject([{ worker: 'two' }]);
  const { items } = await fleet.get<{ items: MillraceEvent[] }>(
    '/events?type=config.reloaded,config.reload-failed',
  );
  expect(items.filter(({ type }) => type === 'config.reloaded')).toHaveLength(11);
  expect(items.filter(({ type }) => type === 'config.reload-failed')).toHaveLength(1);
});
