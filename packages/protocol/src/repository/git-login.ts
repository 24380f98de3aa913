import { serverOf } from './address.ts';

/** What git is called with so that it can show a name and a password: none of the arguments holds either. */
export interface GitLogin {
  /** Options, to stand before git's command. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const usernameVariable = 'MILLRACE_GIT_USERNAME';
const passwordVariable = 'MILLRACE_GIT_PASSWORD';

/** Run by git's own shell: always the same text, which answers from the environment. */
const helper =
  `!f() { test "$1" = get && printf 'username=%s\\npassword=%s\\n' ` +
  `"$${usernameVariable}" "$${passwordVariable}"; }; f`;

/**
 * Shows them to the server of this address and to no other, wherever that sends git on to. Other helpers are left
 * out: one that keeps what worked would keep it in a file. Undefined for what is not https or http.
 */
export function gitLogin(
  url: string,
  { username, password }: { readonly username: string; readonly password: string },
): GitLogin | undefined {
  const server = serverOf(url);
  if (server === undefined) return undefined;
  return {
    args: ['-c', 'credential.helper=', '-c', `credential.${server}.helper=${helper}`],
    env: { [usernameVariable]: username, [passwordVariable]: password },
  };
}
