import { unattendedGitEnvironment } from '@millrace/protocol/repository/unattended';
import type { SourceCredentials } from '../../config/source-config.ts';
import { sshCommand } from './ssh-command.ts';

/** What a surrounding git says to those that it starts, such as a hook that this master was started by. */
const surrounding = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_PREFIX',
  'GIT_OBJECT_DIRECTORY',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_COMMON_DIR',
  'GIT_NAMESPACE',
  'GIT_QUARANTINE_PATH',
];

/**
 * The environment of git: nobody is asked for anything, messages are in English, and ssh has the key and the
 * hosts of the config.
 */
export function gitEnvironment(
  outer: NodeJS.ProcessEnv,
  credentials: SourceCredentials | null,
): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...outer };
  for (const name of surrounding) delete env[name];
  const hasSshFiles = credentials !== null && (credentials.sshKeyFile ?? credentials.knownHostsFile) !== null;
  if (hasSshFiles || env.GIT_SSH_COMMAND === undefined) env.GIT_SSH_COMMAND = sshCommand(credentials);
  return { ...env, ...unattendedGitEnvironment, GIT_OPTIONAL_LOCKS: '0' };
}
