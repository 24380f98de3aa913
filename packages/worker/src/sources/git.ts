import { gitOverNetwork, quietGitEnvironment } from './git-access.ts';
import type { GitAccess } from './git-access.ts';
import type { LoggedCommands, SourceCommand } from './logged-commands.ts';

/** Runs git, with nobody there to be asked. Arguments begin after `git`. */
export class Git {
  readonly commands: LoggedCommands;

  constructor(commands: LoggedCommands) {
    this.commands = commands;
  }

  /** Here, without reaching another repository but by its folder. Whether git succeeded. */
  run(folder: string, args: readonly string[]): Promise<boolean> {
    return this.commands.run({ ...here(folder, args), shown: ['git', ...args] });
  }

  /** Into another repository. */
  reach(folder: string, args: readonly string[], access: GitAccess): Promise<boolean> {
    const command = gitOverNetwork([...quiet, ...args], access);
    const { GIT_SSH_COMMAND: own } = this.commands.environment;
    // The step's own, or the machine's, where the config does not say how the repository is entered.
    const ssh = own === undefined || access.credentials !== undefined ? {} : { GIT_SSH_COMMAND: own };
    return this.commands.run({
      args: command.args,
      folder,
      env: { ...quietGitEnvironment, ...command.env, ...ssh },
      shown: ['git', ...args],
    });
  }

  /** A question that is answered by success; neither it nor its output is logged. */
  ask(folder: string, args: readonly string[]): Promise<boolean> {
    return this.commands.ask(here(folder, args));
  }

  /** What it prints, unlogged; undefined where it fails. */
  read(folder: string, args: readonly string[]): Promise<string | undefined> {
    return this.commands.read(here(folder, args));
  }

  /** Removes the lock files that a killed git has left. The caller knows that no git works there. */
  removeLocks(gitFolder: string): Promise<boolean> {
    const found = ['-path', './objects', '-prune', '-o', '-type', 'f', '-name', '*.lock'];
    return this.commands.ask({
      args: ['find', '.', ...found, '-exec', 'rm', '-f', '--', '{}', '+'],
      folder: gitFolder,
    });
  }
}

function here(folder: string, args: readonly string[]): SourceCommand {
  return { args: ['git', ...quiet, ...args], folder, env: quietGitEnvironment };
}

/**
 * Builds write into these repositories too: no hook of theirs runs here. And nothing is collected, as others borrow
 * the objects.
 */
const quiet: readonly string[] = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'gc.auto=0',
  'maintenance.auto=false',
  'advice.detachedHead=false',
].flatMap((setting) => ['-c', setting]);
