/** A word as a shell takes it. */
function shellWord(word: string): string {
  return /^[A-Za-z0-9_.,:/@%+=-]+$/u.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

export interface ForceCommand {
  readonly builder: string;
  readonly branch: string | null;
  readonly revision: string | null;
  readonly properties?: readonly { readonly name: string; readonly value: string | number | boolean }[];
}

/** The command that asks for the same: what "copy command" gives. */
export function forceCommand(asked: ForceCommand): string {
  const parts = ['millrace', 'force', shellWord(asked.builder)];
  if (asked.branch !== null) parts.push('--branch', shellWord(asked.branch));
  if (asked.revision !== null) parts.push('--revision', shellWord(asked.revision));
  for (const { name, value } of asked.properties ?? [])
    parts.push('--property', shellWord(`${name}=${value}`));
  return parts.join(' ');
}
