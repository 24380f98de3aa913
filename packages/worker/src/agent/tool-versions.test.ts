import { describe, expect, test } from 'vitest';
import { systemName } from './machine-facts.ts';
import { findTools, toolNames, usualTools, versionsOf } from './tool-versions.ts';
import type { Programs } from './tool-versions.ts';

/** A machine with these programs, and what each prints; undefined: it fails. */
function machine(programs: Readonly<Record<string, string | undefined>>) {
  const asked: string[] = [];
  const looks: Programs = {
    find: async (name) =>
      Object.hasOwn(programs, name)
        ? { file: `/bin/${name}`, stamp: String(programs[name]?.length) }
        : undefined,
    ask: async (file, args) => {
      asked.push([file, ...args].join(' '));
      return programs[file.slice('/bin/'.length)];
    },
  };
  return { looks, asked };
}

describe('the tools of a machine', () => {
  test('are told with their versions, each asked as it wants to be', async () => {
    const { looks, asked } = machine({
      git: 'git version 2.47.3\n',
      python3: 'Python 3.13.5',
      go: 'go version go1.24.4 linux/amd64',
      java: 'openjdk version "21.0.8" 2025-07-15',
      make: undefined,
      odd: 'no idea',
    });
    const found = await findTools(['make', 'python', 'go', 'java', 'git', 'odd', 'hg'], {}, looks);
    expect(versionsOf(found)).toEqual({ git: '2.47.3', go: '1.24.4', java: '21.0.8', python: '3.13.5' });
    expect(Object.keys(versionsOf(found))).toEqual(['git', 'go', 'java', 'python']);
    expect(asked).toContain('/bin/go version');
    expect(asked).toContain('/bin/java -version');
    expect(asked).toContain('/bin/python3 --version');
  });

  test('are asked again only where they are others', async () => {
    const first = await findTools(['git', 'hg'], {}, machine({ git: 'git 2.47.3', hg: 'hg 7.1' }).looks);
    const { looks, asked } = machine({ git: 'git 2.47.3', hg: 'hg 7.1.10' });
    expect(versionsOf(await findTools(['git', 'hg'], first, looks))).toEqual({ git: '2.47.3', hg: '7.1.10' });
    expect(asked).toEqual(['/bin/hg --version']);
  });

  test('are the usual ones, or those that somebody names', () => {
    expect(toolNames(undefined)).toBe(usualTools);
    expect(toolNames('')).toEqual([]);
    expect(toolNames('git, xcodebuild git ../sh -x')).toEqual(['git', 'xcodebuild']);
  });
});

test('a system tells its name as its file says it', () => {
  expect(systemName('NAME="Debian"\nPRETTY_NAME="Debian GNU/Linux 13 (trixie)"\n')).toBe(
    'Debian GNU/Linux 13 (trixie)',
  );
  expect(systemName("PRETTY_NAME='it\\'s'")).toBe("it's");
  expect(systemName('PRETTY_NAME=Alpine')).toBe('Alpine');
  expect(systemName('')).toBeUndefined();
});
