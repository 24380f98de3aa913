import type { Command, Option } from 'commander';

/** Nouns whose names a running master knows. */
export type NamedNoun = 'builders' | 'workers' | 'schedulers' | 'builds' | 'requests';

export interface Candidate {
  readonly value: string;
  readonly description: string;
}

export type Offer =
  /** Words that may stand here. */
  | { readonly kind: 'words'; readonly words: readonly Candidate[] }
  /** Names that a master knows; `before` stands in front of each. */
  | { readonly kind: 'names'; readonly noun: NamedNoun; readonly before: string }
  /** A file or a folder, which the shell knows best; or nothing that is known. */
  | { readonly kind: 'files' };

const nounOfOption: Readonly<Record<string, NamedNoun>> = {
  '--builder': 'builders',
  '--worker': 'workers',
  '--scheduler': 'schedulers',
  '--force': 'builders',
};
const nounOfArgument: Readonly<Record<string, NamedNoun>> = {
  builder: 'builders',
  build: 'builds',
  'worker name': 'workers',
  'builder name': 'builders',
  'scheduler name': 'schedulers',
  'request id': 'requests',
};

/**
 * What may stand in the place of the last word.
 * @param words those after `millrace`; the last is what has been typed of the word at the cursor
 */
export function complete(program: Command, words: readonly string[]): Offer {
  const current = words.at(-1) ?? '';
  const { command, isFirst, given, awaits } = walk(program, words.slice(0, -1));
  if (awaits) return valueOf(awaits, '');
  const [, flag, text] = /^(--[a-z-]+)(=)/u.exec(current) ?? [];
  if (flag !== undefined && text !== undefined) {
    const option = optionOf(command, flag);
    return option ? valueOf(option, `${flag}=`) : { kind: 'files' };
  }
  if (current.startsWith('-')) return { kind: 'words', words: optionsOf(command) };
  const verbs = isFirst ? command.createHelp().visibleCommands(command) : [];
  if (verbs.length > 0 && (command.registeredArguments.length === 0 || current !== ''))
    return { kind: 'words', words: verbs.map(candidateOf) };
  return argumentOf(command, given);
}

interface Place {
  readonly command: Command;
  /** No argument has been given yet: a verb may stand here. */
  readonly isFirst: boolean;
  /** How many arguments have been. */
  readonly given: number;
  /** The option whose value stands here. */
  readonly awaits: Option | undefined;
}

function walk(program: Command, before: readonly string[]): Place {
  let command = program;
  let given = 0;
  let awaits: Option | undefined;
  for (const word of before) {
    // Bash makes a word of its own of the "=" in "--sort=name".
    if (word === '=') continue;
    if (awaits) {
      awaits = undefined;
    } else if (word.startsWith('-')) {
      const option = word.includes('=') ? undefined : optionOf(command, word);
      awaits = option && (option.required || option.optional) ? option : undefined;
    } else {
      const verb = given === 0 ? command.commands.find((one) => one.name() === word) : undefined;
      if (verb) command = verb;
      else given += 1;
    }
  }
  return { command, isFirst: given === 0, given, awaits };
}

function optionOf(command: Command, flag: string): Option | undefined {
  return command.options.find(({ long, short }) => long === flag || short === flag);
}

function optionsOf(command: Command): Candidate[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .map(({ long, short, description }) => ({ value: long ?? short ?? '', description }))
    .filter(({ value }) => value !== '');
}

function candidateOf(command: Command): Candidate {
  return { value: command.name(), description: command.description() };
}

function valueOf(option: Option, before: string): Offer {
  if (option.argChoices)
    return {
      kind: 'words',
      words: option.argChoices.map((choice) => ({ value: `${before}${choice}`, description: '' })),
    };
  const noun = option.long == null ? undefined : nounOfOption[option.long];
  return noun === undefined ? { kind: 'files' } : { kind: 'names', noun, before };
}

function argumentOf(command: Command, given: number): Offer {
  const all = command.registeredArguments;
  const argument = all[given] ?? (all.at(-1)?.variadic ? all.at(-1) : undefined);
  if (argument === undefined) return { kind: 'words', words: [] };
  if (argument.argChoices)
    return { kind: 'words', words: argument.argChoices.map((value) => ({ value, description: '' })) };
  const name = argument.name();
  const noun = nounOfArgument[`${command.parent?.name() ?? ''} ${name}`] ?? nounOfArgument[name];
  return noun === undefined ? { kind: 'files' } : { kind: 'names', noun, before: '' };
}
