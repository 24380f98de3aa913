import path from 'node:path';
import { serverOf } from '@millrace/protocol/repository/address';
import type { OpenedCredentials } from '@millrace/protocol/repository/credentials';
import { unattendedSsh, unattendedSshEnvironment } from '@millrace/protocol/repository/unattended';
import type { StepContext } from '../steps/step.ts';
import type { LoggedCommands, SourceCommand } from './logged-commands.ts';
import { agentSshCommand, throughSshAgent } from './ssh-access.ts';

const usernameVariable = 'MILLRACE_HG_USERNAME';
const passwordVariable = 'MILLRACE_HG_PASSWORD';
const serverVariable = 'MILLRACE_HG_SERVER';

/** Mercurial takes passwords from its settings alone: this puts one there that only the process knows. */
const authExtension = `# Written by millrace: reads the password of a repository from the environment.
import os


def uipopulate(ui):
    server = os.environb.get(b'${serverVariable}')
    if not server:
        return
    ui.setconfig(b'auth', b'millrace.prefix', server, b'millrace')
    ui.setconfig(b'auth', b'millrace.username', os.environb[b'${usernameVariable}'], b'millrace')
    ui.setconfig(b'auth', b'millrace.password', os.environb[b'${passwordVariable}'], b'millrace')
`;

/**
 * Plain output in English and in UTF-8; the settings of repositories, into which builds write too, are not read, so
 * that none of their hooks runs.
 */
const quietEnvironment: Readonly<Record<string, string>> = {
  HGPLAIN: '1',
  HGPLAINEXCEPT: 'progress',
  HGENCODING: 'utf-8',
  HGRCSKIPREPO: '1',
  LC_ALL: 'C',
  ...unattendedSshEnvironment,
};

/** A server that says nothing for so long is given up. */
const timeoutSeconds = 120;

const settings = (pairs: readonly string[]): readonly string[] => pairs.flatMap((pair) => ['--config', pair]);

/** Progress, so that a step that takes long is not one without output. */
const progress = settings([
  'progress.assume-tty=yes',
  'progress.delay=10',
  'progress.refresh=10',
  'progress.clear-complete=no',
  'progress.format=topic number',
]);

/** Runs Mercurial, with nobody there to be asked. Arguments begin after `hg`. */
export class Hg {
  readonly commands: LoggedCommands;
  readonly #subrepositories: boolean;

  /** `subrepositories`: whether a working copy may get others', of Mercurial. */
  constructor(commands: LoggedCommands, subrepositories: boolean) {
    this.commands = commands;
    this.#subrepositories = subrepositories;
  }

  run(folder: string, args: readonly string[]): Promise<boolean> {
    return this.commands.run({ ...this.#here(folder, args), shown: ['hg', ...args] });
  }

  ask(folder: string, args: readonly string[]): Promise<boolean> {
    return this.commands.ask(this.#here(folder, args));
  }

  read(folder: string, args: readonly string[]): Promise<string | undefined> {
    return this.commands.read(this.#here(folder, args));
  }

  /** Into another repository. */
  async reach(
    context: StepContext,
    folder: string,
    args: readonly string[],
    url: string,
    credentials: OpenedCredentials | undefined,
  ): Promise<boolean> {
    const shown = ['hg', ...args];
    const here = this.#here(folder, args);
    const env = { ...here.env };
    if (credentials?.kind === 'ssh-key') {
      const command = throughSshAgent({ args: this.#arguments(args, agentSshCommand), env }, credentials);
      return this.commands.run({ ...command, folder, shown });
    }
    const login = credentials === undefined ? undefined : loginOf(url, credentials);
    if (login === undefined) return this.commands.run({ ...here, shown });
    const extension = path.join(context.mirrorsFolder, 'millrace_auth.py');
    context.disk.writeText(extension, authExtension);
    const [program, ...rest] = here.args;
    const withLogin = ['--config', `extensions.millrace_auth=${extension}`];
    return this.commands.run({
      args: [program, ...withLogin, ...rest],
      folder,
      env: { ...env, ...login },
      shown,
    });
  }

  #here(folder: string, args: readonly string[]): SourceCommand {
    return { args: this.#arguments(args, unattendedSsh), folder, env: quietEnvironment };
  }

  #arguments(args: readonly string[], ssh: string): readonly [string, ...string[]] {
    const fixed = settings([
      'ui.interactive=no',
      `ui.ssh=${ssh}`,
      `http.timeout=${timeoutSeconds}`,
      'extensions.purge=',
      `subrepos.allowed=${this.#subrepositories ? 'yes' : 'no'}`,
      'subrepos.git:allowed=no',
      'subrepos.svn:allowed=no',
    ]);
    return ['hg', '--noninteractive', ...fixed, ...progress, ...args];
  }
}

function loginOf(
  url: string,
  { username, password }: Extract<OpenedCredentials, { kind: 'password' }>,
): Record<string, string> | undefined {
  const server = serverOf(url);
  if (server === undefined) return undefined;
  return {
    [serverVariable]: server,
    [usernameVariable]: username,
    [passwordVariable]: password,
  };
}
