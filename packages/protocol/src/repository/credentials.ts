/** What keeps a repository's history. */
export type RepositoryKind = 'git' | 'hg';

/** How a private repository is entered. `secret` is the name of one: its value is not in here. */
export type RepositoryCredentials =
  /** A private key, without a passphrase, for ssh. `knownHosts`: the lines of a known_hosts file. */
  | { readonly kind: 'ssh-key'; readonly secret: string; readonly knownHosts?: string }
  /** For http and https: a password, or a token in place of one. */
  | { readonly kind: 'password'; readonly username: string; readonly secret: string };

/** Credentials in the hands of who runs git or hg. Never written down, never an argument. */
export type OpenedCredentials =
  | { readonly kind: 'ssh-key'; readonly key: string; readonly knownHosts?: string | undefined }
  | { readonly kind: 'password'; readonly username: string; readonly password: string };

export function openedCredentials(credentials: RepositoryCredentials, value: string): OpenedCredentials {
  return credentials.kind === 'ssh-key'
    ? { kind: 'ssh-key', key: value, knownHosts: credentials.knownHosts }
    : { kind: 'password', username: credentials.username, password: value };
}
