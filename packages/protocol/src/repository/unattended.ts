/** Asks nobody, gives up a host that does not answer, and a connection that is dead. */
export const unattendedSsh =
  'ssh -o BatchMode=yes -o ConnectTimeout=20 -o ServerAliveInterval=30 -o ServerAliveCountMax=4';

/** ssh asks no window for a password, either. */
export const unattendedSshEnvironment: Readonly<Record<string, string>> = {
  SSH_ASKPASS: 'false',
  SSH_ASKPASS_REQUIRE: 'never',
};

/**
 * What any git command is told so that it never asks anybody: neither at a terminal, nor in a window, nor by ssh. Its
 * words are English, as `refusal.ts` reads them.
 */
export const unattendedGitEnvironment: Readonly<Record<string, string>> = {
  ...unattendedSshEnvironment,
  GIT_TERMINAL_PROMPT: '0',
  GIT_ASKPASS: 'false',
  GCM_INTERACTIVE: 'never',
  LC_ALL: 'C',
};

/** For a git that goes elsewhere: a server that sends less than 100 bytes a second for two minutes is given up. */
export const unattendedTransfer: readonly string[] = [
  '-c',
  'http.lowSpeedLimit=100',
  '-c',
  'http.lowSpeedTime=120',
];

/** What a git says to those that it starts, such as a hook: of which repository it speaks. */
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

/** The environment for a git that is to find its repository by its folder, whoever started this process. */
export function withoutSurroundingGit(
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !surrounding.includes(name)));
}
