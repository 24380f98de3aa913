import type { RepositoryConfig } from '@millrace/master/config/source-config';

/** A watched git repository as a config has it, with what a test is about. */
export function repositoryConfigOf(
  given: Partial<RepositoryConfig> & Pick<RepositoryConfig, 'name'>,
): RepositoryConfig {
  return {
    kind: 'git',
    url: `/${given.name}`,
    branches: ['main'],
    tags: [],
    credentials: null,
    pollEveryMs: 1_000,
    fetchMsMax: 600_000,
    defaultBranch: 'main',
    commitLink: null,
    ...given,
  };
}
