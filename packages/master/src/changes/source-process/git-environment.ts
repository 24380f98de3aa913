import { unattendedGitEnvironment, withoutSurroundingGit } from '@millrace/protocol/repository/unattended';
import type { SourceCredentials } from '../../config/source-config.ts';
import { sshCommand } from './ssh-command.ts';

/**
 * The environment of git: nobody is asked for anything, messages are in English, and ssh has the key and the
 * hosts of the config.
 */
export function gitEnvironment(
  outer: NodeJS.ProcessEnv,
  credentials: SourceCredentials | null,
): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = withoutSurroundingGit(outer);
  const hasSshFiles = credentials !== null && (credentials.sshKeyFile ?? credentials.knownHostsFile) !== null;
  if (hasSshFiles || env.GIT_SSH_COMMAND === undefined) env.GIT_SSH_COMMAND = sshCommand(credentials);
  return { ...env, ...unattendedGitEnvironment, GIT_OPTIONAL_LOCKS: '0' };
}
