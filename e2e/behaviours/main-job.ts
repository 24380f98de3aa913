import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Build } from '@millrace/protocol/api/builds';
import type { Fleet, StartFleet } from '../harness/fleet.ts';
import { processesWith } from '../harness/processes.ts';
import { until } from '../harness/until.ts';

/*
 * From a commit in a watched repository to a result, with real processes. The step runs what the commit
 * brought: `./build.sh`.
 */
export const steps = `checkout(), sh(['sh', 'build.sh'], { name: 'build', limits: { totalMs: 8_000 }, killGraceMs: 500 })`;

export const buildOf = (fleet: Fleet, revision: string): Promise<Build> =>
  until(`a build of ${revision}`, async () => {
    const { items } = await fleet.get<{ items: Build[] }>(`/builds?revision=${revision}`);
    return items[0];
  });

export const finished = (fleet: Fleet, id: number): Promise<Build> =>
  until(`build ${id} is finished`, async () => {
    const build = await fleet.get<Build>(`/builds/${id}`);
    return build.state === 'finished' && build;
  });

/** The main job, whatever the master keeps its record in. */
export function mainJobBehaviours(store: string, start: StartFleet): void {
  describe(`a commit in a watched repository, ${store}`, () => {
    test('is a running build within 2 s, and its lines are seen while it runs', async () => {
      await using fleet = await start({ steps });
      const gate = path.join(fleet.folder, 'gate');
      const revision = fleet.repository.commit('print and wait', {
        'build.sh': `echo "first line"\nwhile [ ! -e '${gate}' ]; do sleep 0.05; done\necho "last line"\n`,
      });
      const committedAt = Date.now();
      const build = await buildOf(fleet, revision);
      expect(build.startedAt - committedAt).toBeLessThan(2_000);
      expect(build).toMatchObject({
        builder: 'main',
        branch: 'main',
        revision,
        worker: 'one',
        state: 'running',
      });
      await fleet.logId(build.id, 'output');

      const cli = path.resolve(import.meta.dirname, '../../packages/cli/bin/millrace.js');
      const follow = spawn(process.execPath, [cli, 'log', String(build.id), 'build', '-f'], {
        env: { ...process.env, MILLRACE_URL: fleet.url },
      });
      let seen = '';
      follow.stdout.on('data', (bytes: Buffer) => (seen += bytes.toString()));
      await until('the first line is seen while the build runs', () => seen.includes('first line'));
      expect(seen).not.toContain('last line');
      fs.writeFileSync(gate, '');
      await new Promise((resolve) => {
        follow.once('close', resolve);
      });
      expect(seen).toContain('last line');
      expect(await finished(fleet, build.id)).toMatchObject({ result: 'success', reason: null });
    });
  });

  describe.concurrent(`commits and forces, ${store}`, () => {
    test('ends as its commands do: failure, time-out, cancel', async () => {
      await using fleet = await start({ steps });
      const failing = fleet.repository.commit('fail', { 'build.sh': 'echo "error: no"\nexit 3\n' });
      const failed = await finished(fleet, (await buildOf(fleet, failing)).id);
      expect(failed).toMatchObject({ result: 'failure', reason: null });
      const [, step] = await fleet.steps(failed.id);
      expect(step).toMatchObject({ name: 'build', result: 'failure', exitCode: 3 });

      const slow = fleet.repository.commit('hang', { 'build.sh': 'sleep 1000\n' });
      expect(await finished(fleet, (await buildOf(fleet, slow)).id)).toMatchObject({
        result: 'failure',
        reason: 'timed-out',
      });

      const long = fleet.repository.commit('hang again', { 'build.sh': `setsid sleep 1001 & sleep 1002\n` });
      const running = await buildOf(fleet, long);
      await until('the step runs', async () => (await fleet.steps(running.id))[1]?.state === 'running');
      await fleet.post(`/builds/${running.id}/cancel`, { message: 'not wanted' });
      expect(await finished(fleet, running.id)).toMatchObject({ result: 'cancelled', reason: 'cancelled' });
      await until('no process of it is left', () =>
        processesWith(fleet.workerData()).every(({ args }) => args[0] !== 'sleep'),
      );
    });

    test('a branch that is not watched builds nothing; a force of it builds what it names', async () => {
      await using fleet = await start({ steps });
      fleet.repository.branch('feature');
      const revision = fleet.repository.commit('feature', { 'build.sh': 'echo "$MILLRACE_PROP_COLOUR"\n' });
      const forced = await fleet.cli(
        'force',
        'main',
        '--branch',
        'feature',
        '--property',
        'colour=blue',
        '--wait',
      );
      expect(forced, forced.stderr).toMatchObject({ status: 0 });
      const { items } = await fleet.get<{ items: Build[] }>('/builds');
      expect(items).toMatchObject([{ revision, branch: 'feature', result: 'success' }]);
      const log = await fleet.logId(items[0]?.id ?? 0, 'output');
      const logs = (await fleet.steps(items[0]?.id ?? 0)).flatMap((one) => one.logs.map(({ id }) => id));
      const texts = await Promise.all(logs.map(async (id) => Buffer.from(await fleet.raw(id)).toString()));
      expect(texts.join('')).toContain('blue\n');
      expect(log).toBeGreaterThan(0);
    });

    test('the exit code of `force --wait` tells the result', async () => {
      await using fleet = await start({ steps });
      fleet.repository.commit('fail', { 'build.sh': 'exit 1\n' });
      expect((await fleet.cli('force', 'main', '--wait')).status).toBe(1);
      const unknown = await fleet.cli('force', 'mian', '--wait');
      expect(unknown).toMatchObject({ status: 2 });
      expect(unknown.stderr).toContain('main');
    });
  });
}
