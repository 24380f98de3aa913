import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { testSystem } from '../test/run-command.ts';
import { createProgram } from './program.ts';

/** A process that runs until it is stopped has no answer that could be JSON; neither has a script for a shell. */
const withoutJson = ['up', 'master', 'worker', 'completion'];

interface Found {
  /** As it is typed: `worker pause`. */
  readonly name: string;
  readonly command: Command;
}

function commandsOf(parent: Command, before = ''): Found[] {
  const shown = parent.createHelp().visibleCommands(parent);
  return shown
    .filter((command) => command.name() !== 'help')
    .flatMap((command) => {
      const name = `${before}${command.name()}`;
      return [{ name, command }, ...commandsOf(command, `${name} `)];
    });
}

function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
  });
  command.outputHelp();
  return text;
}

/** A noun that has only verbs does nothing itself. */
const doesSomething = ({ command }: Found): boolean => !isNoun(command);
const isNoun = (command: Command): boolean =>
  command.commands.length > 0 && (command as unknown as { _actionHandler: unknown })._actionHandler === null;

describe('every command', () => {
  const all = commandsOf(createProgram(testSystem().system));

  test.each(all.map((found) => [found.name, found] as const))('%s says what it is for', (_name, found) => {
    expect(found.command.description()).toMatch(/^[a-z].*[^.]$/su);
    for (const option of found.command.options) expect(option.description, option.flags).not.toBe('');
  });

  test.each(all.filter(doesSomething).map((found) => [found.name, found] as const))(
    '%s has an example that begins with it, and tells its exit codes',
    (name, { command }) => {
      const help = helpOf(command);
      const calls = [...help.matchAll(/^ {2}\$ (?:\w+=\S* )?(.+)$/gmu)].map(([, call = '']) => call);
      expect(
        calls.filter((call) => `${call} `.startsWith(`millrace ${name} `)),
        help,
      ).not.toEqual([]);
      expect(help).toMatch(/^Exit codes: 0 [^,.]+, .*2 wrong usage/msu);
    },
  );

  test.each(
    all
      .filter(doesSomething)
      .filter(({ name }) => !withoutJson.includes(name))
      .map((found) => [found.name, found] as const),
  )('%s has --json', (_name, { command }) => {
    expect(command.options.map(({ long }) => long)).toContain('--json');
  });

  test('has a name of one or two words, and no two have one', () => {
    const names = all.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z]+(?: [a-z]+)?$/u);
  });
});
