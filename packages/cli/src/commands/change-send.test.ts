import { expect, test } from 'vitest';
import { runCommand } from '../../test/run-command.ts';
import { ScriptedMaster } from '../../test/scripted-master.ts';
import { changeCommand } from './changes.ts';

const revision = '0123456789abcdef0123456789abcdef01234567';
const known = ['send', '--repository', 'app', '--revision', revision];

test('tells a master of a commit', async () => {
  await using master = await ScriptedMaster.start(() => ({
    id: 7,
    repository: 'app',
    branch: 'main',
    revision,
  }));
  const more = ['--author', 'Ann <ann@x>', '--message', 'Mend it', '--time', '2027-01-31T12:00:00Z'];
  const files = ['--file', 'a b', '--file', '-c', '--link', 'https://x/y'];
  const args = [...known, '--branch', 'refs/heads/main', ...more, ...files];
  expect(await runCommand(changeCommand, args, { url: master.url })).toMatchObject({
    code: 0,
    stdout: 'change 7: app main 0123456789\n',
  });
  expect(master.calls[0]).toMatchObject({ method: 'POST', path: '/changes' });
  expect(JSON.parse(master.calls[0]?.body ?? '')).toEqual({
    repository: 'app',
    branch: 'main',
    revision,
    author: 'Ann <ann@x>',
    message: 'Mend it',
    committedAt: Date.UTC(2027, 0, 31, 12),
    files: ['a b', '-c'],
    link: 'https://x/y',
  });
});

test.each([
  [['send', '--repository', 'app', '--branch', 'main', '--revision', 'main'], 'whole id of a commit'],
  [['send', '--repository', 'app', '--branch', 'main', '--revision', '0'.repeat(40)], 'is gone'],
  [[...known, '--branch', 'refs/heads/'], 'name of a branch'],
  [[...known, '--branch', 'main', '--time', 'yesterday'], '2027-01-31'],
  [known, '--branch'],
])('says what is wrong with %j', async (args, sentence) => {
  const ran = await runCommand(changeCommand, args, { url: 'http://127.0.0.1:9' });
  expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining(sentence) });
});
