/** What git is called with so that it can show a name and a password: none of the arguments holds either. */
export interface GitLogin {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const usernameVariable = 'MILLRACE_SOURCE_USERNAME';
const passwordVariable = 'MILLRACE_SOURCE_PASSWORD';

/** Run by git's own shell: always the same text, which answers from the environment. */
const helper =
  `!f() { test "$1" = get && printf 'username=%s\\npassword=%s\\n' ` +
  `"$${usernameVariable}" "$${passwordVariable}"; }; f`;

/**
 * Shows them to the server of this address and to no other, wherever that sends git on to. Other helpers are left
 * out: one that keeps what worked would keep it in a file. Nothing for what is not https or http.
 */
export function gitLogin(url: string, username: string, password: string): GitLogin {
  if (!/^https?:/i.test(url) || !URL.canParse(url)) return { args: [], env: {} };
  return {
    args: ['-c', 'credential.helper=', '-c', `credential.${new URL(url).origin}.helper=${helper}`],
    env: { [usernameVariable]: username, [passwordVariable]: password },
  };
}
