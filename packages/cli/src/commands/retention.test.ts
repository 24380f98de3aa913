import { expect, test } from 'vitest';
import { runCommand } from '../../test/run-command.ts';
import { ScriptedMaster } from '../../test/scripted-master.ts';
import { retentionCommand } from './retention.ts';

const answer = {
  builders: [
    {
      builder: 'linux',
      builds: { days: 90, count: 500 },
      logs: { days: 1, count: null },
      due: { builds: 3, logs: 12, bytes: 4_300_000 },
    },
    {
      builder: 'docs',
      builds: { days: null, count: null },
      logs: { days: null, count: null },
      due: { builds: 0, logs: 0, bytes: 0 },
    },
  ],
  events: { days: 30, due: 1_234 },
  changes: { days: null, due: 0 },
};

test('what is kept is told builder by builder', async () => {
  await using master = await ScriptedMaster.start(() => answer);
  const { stdout, code } = await runCommand(retentionCommand, [], { url: master.url });
  expect(code).toBe(0);
  expect(stdout).toMatch(/linux +90 days, of these the newest 500 +1 day\n/);
  expect(stdout).toMatch(/docs +for ever +for ever\n/);
  expect(stdout).toContain('events: 30 days; changes: for ever');
});

test('a dry run tells what would go, and how many bytes', async () => {
  await using master = await ScriptedMaster.start(() => answer);
  const { stdout } = await runCommand(retentionCommand, ['--dry-run'], { url: master.url });
  expect(stdout).toMatch(/linux +3 +12 +4\.2M\n/);
  expect(stdout).not.toContain('docs');
  expect(stdout).toContain('removes logs of 4.2M, 1234 events and 0 changes');
});

test('a dry run says that nothing would go', async () => {
  const none = { ...answer, builders: [], events: { days: 30, due: 0 } };
  await using master = await ScriptedMaster.start(() => none);
  const { stdout } = await runCommand(retentionCommand, ['--dry-run'], { url: master.url });
  expect(stdout).toBe('the next pass removes nothing\n');
});
