import { expect, test } from 'vitest';
import { testSystem } from '../../test/run-command.ts';
import { ScriptedMaster } from '../../test/scripted-master.ts';
import { createProgram } from '../program.ts';
import { complete } from './complete.ts';
import { shells, shellScripts } from './shell-scripts.ts';

const program = createProgram(testSystem().system);
const offer = (line: string) => complete(program, line.split(' '));
const words = (line: string): readonly string[] => {
  const offered = offer(line);
  return offered.kind === 'words' ? offered.words.map(({ value }) => value) : [offered.kind];
};

test('commands and verbs stand first', () => {
  expect(words('')).toEqual(expect.arrayContaining(['up', 'builds', 'worker', 'completion', 'help']));
  expect(words('')).not.toContain('complete');
  expect(words('worker ')).toEqual(expect.arrayContaining(['show', 'pause', 'drain', 'resume']));
  expect(words('request can')).toContain('cancel');
});

test('options are those of the command', () => {
  expect(words('worker pause --')).toEqual(expect.arrayContaining(['--reason', '--json', '--help']));
  expect(words('builds --state ')).toEqual(['running', 'finished']);
  expect(words('builds --sort=')).toContain('--sort=-startedAt');
  expect(words('builds --sort = ')).toContain('-startedAt');
  expect(words('completion ')).toEqual([...shells]);
});

test.each([
  ['builds --builder ', 'builders', ''],
  ['builds --builder=', 'builders', '--builder='],
  ['force ', 'builders', ''],
  ['log ', 'builds', ''],
  ['worker pause ', 'workers', ''],
  ['worker drain --reason why ', 'workers', ''],
  ['scheduler resume ', 'schedulers', ''],
  ['request priority ', 'requests', ''],
] as const)('a master knows what stands after: %s', (line, noun, before) => {
  expect(offer(line)).toEqual({ kind: 'names', noun, before });
});

test('paths are left to the shell, and nothing follows the last argument', () => {
  expect(words('up --config ')).toEqual(['files']);
  expect(words('df ')).toEqual(['files']);
  expect(words('worker pause w1 ')).toEqual([]);
});

test('names come from the master, but for those that a shell would take for more than a word', async () => {
  const names = ['linux', 'a b', '$(reboot)', 'x;y', '`z`', 'new\nline', 'ümlaut', 'mac-1'];
  await using master = await ScriptedMaster.start(() => ({
    items: names.map((name) => ({ name })),
    nextCursor: null,
  }));
  const args = ['complete', '--', 'force', ''];
  const { system, ran } = testSystem({ url: master.url });
  const patient = { ...system.clock, after: () => ({ cancel: () => undefined }) };
  await createProgram({ ...system, clock: patient }).parseAsync(args, { from: 'user' });
  expect(ran()).toMatchObject({ code: 0, stdout: 'linux\t\nmac-1\t\n' });
});

test('a master that is away costs no message', async () => {
  const { system, ran } = testSystem({ url: 'http://127.0.0.1:1' });
  await createProgram(system).parseAsync(['complete', '--', 'force', ''], { from: 'user' });
  expect(ran()).toMatchObject({ stdout: '', stderr: '' });
});

test.each(shells)('the script for %s is printed', async (shell) => {
  const { system, ran } = testSystem();
  await createProgram(system).parseAsync(['completion', shell], { from: 'user' });
  expect(ran()).toMatchObject({ code: 0, stdout: shellScripts[shell] });
});
