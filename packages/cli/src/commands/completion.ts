import { Argument } from 'commander';
import type { Command } from 'commander';
import { plainCommand } from '../client/client-command.ts';
import { processSystem } from '../client/client-context.ts';
import type { ClientSystem } from '../client/client-context.ts';
import { exitCodes } from '../client/exit-code.ts';
import { endHelp, examples, exitCodesText } from '../client/help-text.ts';
import { shells, shellScripts } from '../completion/shell-scripts.ts';
import type { Shell } from '../completion/shell-scripts.ts';

/** `millrace completion bash`: the script that makes a shell complete commands, options and names. */
export function completionCommand(system: ClientSystem = processSystem()): Command {
  const command = plainCommand('completion', system)
    .description('print the script that lets a shell complete commands, options and names')
    .addArgument(new Argument('<shell>', 'which shell').choices(shells))
    .addHelpText(
      'after',
      examples(
        ['millrace completion bash >> ~/.bash_completion'],
        ['millrace completion zsh > "${fpath[1]}/_millrace"'],
        ['millrace completion fish > ~/.config/fish/completions/millrace.fish'],
      ),
    )
    .action(async (shell: Shell) => {
      await system.stdout.write(shellScripts[shell]);
      system.exitWith(exitCodes.success);
    });
  return endHelp(command, exitCodesText({ 0: 'success', 2: 'wrong usage' }));
}
