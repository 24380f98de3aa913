import type { RepositoryKind } from '@millrace/protocol/repository/credentials';

/** Where a secret is found on the master: its value stands in no config, command line or log. */
export type SecretSource =
  /** An environment variable of the master's process. */
  | { readonly env: string }
  /** A file that the master can read, without the line feed at its end. An absolute path. */
  | { readonly file: string };

/** What a repository asks for before it lets anybody in. */
export interface SourceCredentials {
  /** The private key for ssh, without a passphrase. An absolute path; null: what ssh finds by itself. */
  readonly sshKeyFile: string | null;
  /** The keys of the hosts that ssh trusts, as `ssh-keyscan` writes them. Null: what ssh finds by itself. */
  readonly knownHostsFile: string | null;
  /** For https. */
  readonly username: string | null;
  /** The password, or token, for https. */
  readonly password: SecretSource | null;
}

export interface RepositoryConfig {
  readonly name: string;
  readonly kind: RepositoryKind;
  /** A folder (absolute: relative ones are resolved against the config's own) or anything git or hg takes. */
  readonly url: string;
  /** Watched for new commits: names, or patterns with `*`. Without any, and without `tags`: not watched. */
  readonly branches: readonly string[];
  /** Watched for new tags, in the same way. A tag's change is on the branch `refs/tags/NAME`. */
  readonly tags: readonly string[];
  readonly credentials: SourceCredentials | null;
  readonly pollEveryMs: number;
  /** In which one fetch from it must be done. */
  readonly fetchMsMax: number;
  /** Built where nobody names a branch. */
  readonly defaultBranch: string;
  /** A commit's page, with `{revision}` in it; null: it has none that is known. */
  readonly commitLink: string | null;
}

export const hookKinds = ['github', 'gitlab', 'gitea'] as const;
export type HookKind = (typeof hookKinds)[number];

/** Who may tell of pushes at `/api/v1/hooks/NAME`. */
export interface HookConfig {
  readonly name: string;
  readonly kind: HookKind;
  /** What the sender signs with. */
  readonly secret: SecretSource;
  /** The repository that it speaks of; null: the one whose address stands in the delivery. */
  readonly repository: string | null;
}
