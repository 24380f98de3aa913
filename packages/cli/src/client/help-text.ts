import type { Command } from 'commander';

/** A call of the command as somebody types it, and what it is for where the call alone does not tell. */
export type Example = readonly [call: string, what?: string];

/** The examples of a command's help: every command has at least one. */
export function examples(...all: readonly Example[]): string {
  const width = Math.max(...all.map(([call, what]) => (what === undefined ? 0 : call.length)));
  const line = ([call, what]: Example): string =>
    what === undefined ? `  $ ${call}` : `  $ ${call.padEnd(width)}   ${what}`;
  return `\n${all.length === 1 ? 'Example' : 'Examples'}:\n${all.map(line).join('\n')}`;
}

/** What a command may exit with, in words. */
export function exitCodesText(codes: Readonly<Record<number, string>>): string {
  const told = Object.entries(codes).map(([code, meaning]) => `${code} ${meaning}`);
  return `\nExit codes: ${told.join(', ')}.`;
}

/** Of a command that asks a master and has nothing to wait for. */
export const clientExitCodes = {
  0: 'success',
  2: 'wrong usage, or the master refused',
  3: 'an error of millrace itself',
  4: 'no master to be reached',
} as const;

/** Of a command that may wait for a build and ends as it ends. */
export const waitingExitCodes = {
  0: 'success or warnings',
  1: 'failure',
  2: 'wrong usage, or the master refused',
  3: 'exception or cancelled',
  4: 'no master to be reached',
} as const;

/** Of a command that does its work here. */
export const localExitCodes = { 0: 'success', 1: 'it could not be done', 2: 'wrong usage' } as const;

/** The last words of a command's help; its verbs, where it has any, have their own. */
export function endHelp(command: Command, text: string): Command {
  return command.addHelpText('afterAll', (shown) => (shown.command === command ? text : ''));
}
