import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { MillraceEvent } from '@millrace/protocol/event';
import { buildOf, finished, mainJobBehaviours, steps } from './behaviours/main-job.ts';
import { Fleet } from './harness/fleet.ts';

mainJobBehaviours('recorded in a data folder', (options) => Fleet.start(options));

test('a log that hardly compresses is stored whole, over one connection', async () => {
  await using fleet = await Fleet.start({ steps });
  const copy = path.join(fleet.folder, 'copy');
  const revision = fleet.repository.commit('print a lot', {
    'build.sh': `head -c 30000000 /dev/urandom | base64 | tee '${copy}'\n`,
  });
  const build = await buildOf(fleet, revision);
  expect(await finished(fleet, build.id)).toMatchObject({ result: 'success' });
  const [, step] = await fleet.steps(build.id);
  const stored = await fleet.raw(step?.logs[0]?.id ?? 0);
  expect(Buffer.compare(stored, fs.readFileSync(copy))).toBe(0);
  const { items } = await fleet.get<{ items: MillraceEvent[] }>('/events?type=worker.connected&limit=100');
  expect(items).toHaveLength(1);
});
