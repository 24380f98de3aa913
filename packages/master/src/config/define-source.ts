/** Where the master finds a secret: an environment variable of its process, or a file that it can read. */
export type SecretSource = { readonly env: string } | { readonly file: string };

/** What a repository asks for before it lets anybody in. */
export interface CredentialsDefinition {
  /** The private key for ssh, without a passphrase. A relative path is meant from the config's own folder. */
  readonly sshKeyFile?: string;
  /**
   * The keys of the hosts that ssh may trust: `ssh-keyscan HOST > FILE`, once you have checked them.
   * @defaultValue what ssh itself knows
   */
  readonly knownHostsFile?: string;
  /**
   * For https.
   * @defaultValue 'git', which the usual services take beside a token
   */
  readonly username?: string;
  /** The password or token for https: `{ env: 'APP_TOKEN' }` or `{ file: '/etc/millrace/app-token' }`. */
  readonly password?: SecretSource;
}

/** Where source comes from. Made by {@link repository}. */
export interface RepositoryDefinition {
  /** Letters, digits, `.`, `_` and `-`. Its changes are known by this name: keep it. */
  readonly name: string;
  /**
   * Anything that git takes: a folder (a relative one is meant from the config's own folder), `https://...`,
   * `ssh://...`, `git@host:path`. Either this or `hg`.
   */
  readonly git?: string;
  /** Anything that Mercurial takes: a folder, `https://...`, `ssh://...`. Either this or `git`. */
  readonly hg?: string;
  /**
   * Watched for new commits: names of branches (of Mercurial also bookmarks), `*` for any part of one
   * (`release/*`).
   * @defaultValue none: the repository is built when somebody asks
   */
  readonly branches?: readonly string[];
  /**
   * Watched for new tags, in the same way (`v*`). A tag becomes a change on the branch `refs/tags/NAME`.
   * @defaultValue none
   */
  readonly tags?: readonly string[];
  /** For a repository that asks who comes. Nobody is ever prompted. */
  readonly credentials?: CredentialsDefinition;
  /**
   * How often it is looked at.
   * @defaultValue 500 for a folder, 30,000 for what lies elsewhere
   */
  readonly pollEveryMs?: number;
  /**
   * In which one fetch must be done.
   * @defaultValue 600,000
   */
  readonly fetchMsMax?: number;
  /**
   * Built where nobody names a branch.
   * @defaultValue the first of `branches` that has no `*`, else `main` (of Mercurial: `default`)
   */
  readonly defaultBranch?: string;
  /**
   * The page of a commit: `https://git.example.org/app/commit/{revision}`.
   * @defaultValue known for github.com, gitlab.com, codeberg.org and bitbucket.org
   */
  readonly commitLink?: string;
}

/** Says where source comes from, and which branches and tags are watched for what is new. */
export function repository(definition: RepositoryDefinition): RepositoryDefinition {
  return definition;
}

/** A service that tells of pushes at `/api/v1/hooks/NAME`. Made by {@link hook}. */
export interface HookDefinition {
  /** The last part of its address. */
  readonly name: string;
  /** Who sends; `gitea` is Forgejo too. */
  readonly kind: 'github' | 'gitlab' | 'gitea';
  /** The secret that the service was given: it signs with it, or shows it. */
  readonly secret: SecretSource;
  /**
   * The name of the {@link repository} that it tells of.
   * @defaultValue the one whose address stands in the delivery
   */
  readonly repository?: string;
}

/** Lets GitHub, GitLab, Gitea or Forgejo tell of a push at once, so that nobody waits for the next look. */
export function hook(definition: HookDefinition): HookDefinition {
  return definition;
}
