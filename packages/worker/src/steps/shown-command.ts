import { commandLengthMax, environmentLengthMax } from '@millrace/protocol/journal/record';

/** The command as a person would give it to a shell, cut where it is very long. */
export function shownCommand(args: readonly string[]): string {
  return shownLine(args.map(quoted).join(' '));
}

/** A shell line, cut where it is very long. */
export function shownLine(line: string): string {
  return line.length > commandLengthMax ? `${line.slice(0, commandLengthMax - 3)}...` : line;
}

/** Names of variables in their order, as many as there is room for. */
export function shownNames(environment: Readonly<Record<string, string>>): readonly string[] {
  let length = 0;
  return Object.keys(environment)
    .sort()
    .filter((name) => (length += name.length) <= environmentLengthMax)
    .slice(0, 2_000);
}

function quoted(arg: string): string {
  return /^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", String.raw`'\''`)}'`;
}
