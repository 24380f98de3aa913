/** What a repository's credentials are made of, as secrets. */
export type CredentialKind = 'ssh-key' | 'password';

/** The name by which a plan asks for a repository's credentials: none that `secrets` can have. */
export function credentialSecret(repository: string, kind: CredentialKind): string {
  return `${repository}:${kind}`;
}

export function readCredentialSecret(
  name: string,
): { readonly repository: string; readonly kind: CredentialKind } | undefined {
  const [, repository, kind] = /^(.+):(ssh-key|password)$/.exec(name) ?? [];
  return repository === undefined ? undefined : { repository, kind: kind as CredentialKind };
}
