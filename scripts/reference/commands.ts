import { createProgram } from '../../packages/cli/src/program.ts';
import { generated } from './markdown.ts';

type Command = ReturnType<typeof createProgram>;

/** Columns of the help in it. */
const width = 100;

/** docs/reference/commands.md: the help of every command, as it is printed. */
export function commandsReference(): string {
  const program = createProgram();
  const sections = [
    ['millrace', program] as const,
    ...visible(program).flatMap((command) => {
      const name = `millrace ${command.name()}`;
      return [
        [name, command] as const,
        ...visible(command).map((verb) => [`${name} ${verb.name()}`, verb] as const),
      ];
    }),
  ].map(([name, command]) => `## ${name}\n\n\`\`\`text\n${helpOf(command).trim()}\n\`\`\``);
  return [
    generated,
    '# The commands',
    'The help of each, as `millrace COMMAND --help` prints it. `--json` prints what the API answers, one line, for scripts; colours come on a terminal alone (`NO_COLOR` and `FORCE_COLOR` are honoured). `millrace completion bash` (or `zsh`, `fish`) prints the script that completes all of it.',
    ...sections,
  ].join('\n\n');
}

function visible(command: Command): Command[] {
  const shown = command.createHelp().visibleCommands(command);
  return shown.filter((one) => one.name() !== 'help');
}

function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({
    getOutHelpWidth: () => width,
    writeOut: (part) => {
      text += part;
    },
  });
  command.outputHelp();
  return text;
}
