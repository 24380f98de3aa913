import { defaultRateLimits } from '@millrace/master/config/access-config';
import type { BuilderConfig, Config, SchedulerConfig } from '@millrace/master/config/config';
import { defaultTrust } from '@millrace/protocol/plan';
import { repositoryConfigOf } from './repository-config.ts';

/** A builder of the repository `app` on the worker `w1`, with what a test is about. */
export function builderConfigOf(given: Partial<BuilderConfig> & Pick<BuilderConfig, 'name'>): BuilderConfig {
  return {
    description: null,
    tags: [],
    repository: 'app',
    branch: null,
    workers: ['w1'],
    priority: 0,
    onSilence: 'retry',
    retriesMax: 3,
    retryBackoffFirstMs: 1_000,
    properties: {},
    trust: defaultTrust,
    visibility: 'private',
    privateProperties: [],
    ...given,
  };
}

/** A scheduler of `main` of the repository `app`. */
export function schedulerConfigOf(
  given: Partial<SchedulerConfig> & Pick<SchedulerConfig, 'name' | 'builders'>,
): SchedulerConfig {
  return { kind: 'on-change', repository: 'app', branches: ['main'], priority: 0, ...given };
}

/** A config with the repository `app`, these workers, and what a test is about. */
export function configOf(
  generation: string,
  workers: readonly string[],
  given: Partial<Omit<Config, 'generation' | 'workers'>> = {},
): Config {
  return {
    generation,
    lostAfterMs: 120_000,
    repositories: [repositoryConfigOf({ name: 'app' })],
    workers: workers.map((name) => ({ name, tokenHashes: [], trust: defaultTrust })),
    builders: [],
    schedulers: [],
    hooks: [],
    tokens: [],
    secrets: [],
    publicRead: false,
    rateLimits: defaultRateLimits,
    tls: null,
    ...given,
  };
}
