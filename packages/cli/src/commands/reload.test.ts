import type { Reloaded } from '@millrace/protocol/api/configs';
import { expect, test } from 'vitest';
import { runCommand } from '../../test/run-command.ts';
import { ScriptedMaster } from '../../test/scripted-master.ts';
import { reloadCommand } from './reload.ts';

const field = (path: string, before: string | null, after: string | null) => ({ path, before, after });
const master = (name: string, stoppedAt: number | null = null) => ({
  name,
  stoppedAt,
  startedAt: 1,
  seenAt: 1,
});
const reloaded: Reloaded = {
  kind: 'reloaded',
  file: '/ci/millrace.config.ts',
  before: 'aaaa',
  after: 'bbbb',
  diff: {
    settings: [field('lostAfterMs', '120000', '60000')],
    nouns: [
      {
        noun: 'builder',
        name: 'linux',
        kind: 'changed',
        fields: [
          { ...field('workers', '[]', '[]'), added: ['w2'], removed: ['w1'] },
          field('priority', '0', '5'),
        ],
        plan: {
          branch: 'main',
          failure: null,
          fields: [field('env.CI', null, '"1"')],
          steps: [
            { name: 'npm test', kind: 'changed', fields: [field('limits.totalMs', '1', null)] },
            { name: 'lint\u001b[2J', kind: 'added', fields: [] },
          ],
        },
      },
      { noun: 'worker', name: 'w1', kind: 'removed', fields: [], plan: null },
    ],
    consequences: [
      { kind: 'requests-wait', name: 'mac', message: '3 requests for builder "mac" will wait.' },
      { kind: 'scheduler-begins', name: 's', message: 'Scheduler "s" begins with the next change.' },
    ],
    leftOff: 2,
  },
};

const answering = (answer: unknown, masters = [master('m1'), master('m0', 5)]) =>
  ScriptedMaster.start(({ path }) => (path.startsWith('/masters?') ? { items: masters } : answer));

test('tells what is new, other and gone, and what comes of it', async () => {
  await using scripted = await answering(reloaded);
  const ran = await runCommand(reloadCommand, [], { url: scripted.url });
  expect(ran.code).toBe(0);
  expect(ran.stdout).toBe(`/ci/millrace.config.ts  is in force: aaaa → bbbb

  ~ lostAfterMs  120000 → 60000
  ~ builder linux
      workers  + w2  − w1
      priority  0 → 5
      steps on main
        env.CI  + "1"
        ~ npm test
            limits.totalMs  − 1
        + lint\\x1b[2J
  − worker w1
  and 2 more

  ! 3 requests for builder "mac" will wait.
  · Scheduler "s" begins with the next change.
`);
  expect(scripted.called('/masters/m1/reload')).toMatchObject([{ method: 'POST', body: '{}' }]);
});

test('--dry-run puts nothing in force, --json is the answer as it is', async () => {
  const answer: Reloaded = { ...reloaded, kind: 'checked' };
  await using scripted = await answering(answer);
  const told = await runCommand(reloadCommand, ['--dry-run'], { url: scripted.url });
  expect(told.stdout).toContain('would change this: aaaa → bbbb');
  const ran = await runCommand(reloadCommand, ['--dry-run', '--json'], { url: scripted.url });
  expect(JSON.parse(ran.stdout)).toEqual(answer);
  expect(scripted.called('/masters/m1/reload').at(-1)?.body).toBe('{"dryRun":true}');
});

test('says each mistake on a line of its own', async () => {
  await using scripted = await ScriptedMaster.start(({ path }, response) => {
    if (path.startsWith('/masters?')) return { items: [master('m1')] };
    response.statusCode = 409;
    return {
      code: 'config-invalid',
      detail: 'Nothing was changed: c.ts has a problem.',
      errors: [{ field: 'builders[0].steps', message: 'is missing' }],
    };
  });
  const ran = await runCommand(reloadCommand, [], { url: scripted.url });
  expect(ran.code).toBe(2);
  expect(ran.stderr).toBe(
    'millrace: Nothing was changed: c.ts has a problem.\n  builders[0].steps: is missing\n',
  );
});

test('wants to know which of several masters', async () => {
  await using scripted = await answering(reloaded, [master('m1'), master('m2')]);
  const ran = await runCommand(reloadCommand, [], { url: scripted.url });
  expect(ran.code).toBe(2);
  expect(ran.stderr).toContain('name this one with --master (m1, m2)');
  const named = await runCommand(reloadCommand, ['--master', 'm2', '--json'], { url: scripted.url });
  expect(named.code).toBe(0);
  expect(scripted.called('/masters/m2/reload')).toHaveLength(1);
});
