import { defaultLostAfterMs, defaultTrust } from '@millrace/protocol/plan';
import { rateLimitsOf, tlsOf, tokenConfig, tokenHashesOf } from './access-filled-in.ts';
import type { BuilderConfig, Config, SchedulerConfig } from './config.ts';
import type { ConfigProblem } from './config-problem.ts';
import type { BuilderDefinition, ConfigDefinition, SchedulerDefinition } from './define.ts';
import { definitionSchema } from './definition-schema.ts';
import { trustProblems } from './trust-problems.ts';
import { tagPrefix } from './branch-pattern.ts';
import { suggestion } from './did-you-mean.ts';
import { schemaProblems, shown } from './schema-problems.ts';
import { secretConfigs } from './secret-config.ts';
import type { RepositoryConfig } from './source-config.ts';
import { hookConfig, repositoryConfig } from './source-filled-in.ts';
import { sourceProblems } from './source-problems.ts';

/** A config without its generation, which is known only where its code is. */
export type CheckedConfig = Omit<Config, 'generation'>;

export type Checked =
  | {
      readonly kind: 'checked';
      readonly config: CheckedConfig;
      /** By name, with their functions. */
      readonly builders: ReadonlyMap<string, BuilderDefinition>;
    }
  | { readonly kind: 'problems'; readonly problems: readonly ConfigProblem[] };

const defaultRetriesMax = 3;
const defaultRetryBackoffFirstMs = 5_000;

/**
 * Looks at all of what a config file exported by default, and tells everything that is wrong with it at once.
 * What is not said is filled in; relative folders are resolved against `folder`.
 */
export function checkConfig(exported: unknown, folder: string): Checked {
  if (typeof exported !== 'object' || exported === null)
    return problem(
      `expected the config as the default export: export default defineConfig({ ... }); got ${shown(exported)}`,
    );
  if (exported instanceof Promise)
    return problem('the default export is a promise: export default await ..., or await before it');
  const problems = schemaProblems(definitionSchema, exported);
  // Who means whom is told too where the lists are lists, so that one look at the config mends all of it.
  const meant = [...problems, ...referenceProblems(exported)];
  if (meant.length > 0) return { kind: 'problems', problems: meant };
  const definition = exported as ConfigDefinition;
  return {
    kind: 'checked',
    config: filledIn(definition, folder),
    builders: new Map(definition.builders.map((one) => [one.name, one])),
  };
}

function problem(message: string): Checked {
  return { kind: 'problems', problems: [{ path: '', message }] };
}

const lists = ['repositories', 'workers', 'builders', 'schedulers', 'hooks', 'tokens'] as const;

function referenceProblems(exported: object): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const known = Object.fromEntries(lists.map((list) => [list, namesOf(exported, list, problems)])) as Record<
    (typeof lists)[number],
    ReadonlyMap<string, object>
  >;

  const mustKnow = (path: string, noun: string, list: (typeof lists)[number], value: unknown): void => {
    if (typeof value !== 'string' || known[list].has(value)) return;
    const names = [...known[list].keys()];
    problems.push({ path, message: `unknown ${noun} ${JSON.stringify(value)}${suggestion(value, names)}` });
  };
  const mustKnowAll = (path: string, noun: string, list: (typeof lists)[number], values: unknown): void => {
    for (const [index, value] of itemsOf(values).entries()) {
      mustKnow(`${path}[${index}]`, noun, list, value);
      if (itemsOf(values).indexOf(value) < index)
        problems.push({ path: `${path}[${index}]`, message: `${shown(value)} is already in this list` });
    }
  };

  for (const [index, one] of objectsOf(exported, 'repositories'))
    problems.push(...sourceProblems(`repositories[${index}]`, one));
  for (const [index, one] of objectsOf(exported, 'hooks'))
    mustKnow(`hooks[${index}].repository`, 'repository', 'repositories', Reflect.get(one, 'repository'));
  for (const [index, one] of objectsOf(exported, 'builders')) {
    mustKnow(`builders[${index}].repository`, 'repository', 'repositories', Reflect.get(one, 'repository'));
    mustKnowAll(`builders[${index}].workers`, 'worker', 'workers', Reflect.get(one, 'workers'));
    problems.push(...trustProblems(`builders[${index}].workers`, one, known.workers));
  }
  for (const [index, one] of objectsOf(exported, 'schedulers')) {
    const wanted: unknown = Reflect.get(one, 'repository');
    mustKnow(`schedulers[${index}].repository`, 'repository', 'repositories', wanted);
    mustKnowAll(`schedulers[${index}].builders`, 'builder', 'builders', Reflect.get(one, 'builders'));
    for (const [at, name] of itemsOf(Reflect.get(one, 'builders')).entries()) {
      const builder = typeof name === 'string' ? known.builders.get(name) : undefined;
      const built: unknown = builder && Reflect.get(builder, 'repository');
      if (typeof wanted === 'string' && typeof built === 'string' && built !== wanted)
        problems.push({
          path: `schedulers[${index}].builders[${at}]`,
          message: `builder ${shown(name)} builds the repository ${shown(built)}, not ${shown(wanted)}`,
        });
    }
  }
  return problems;
}

/** The names in a list, with a problem for each that is there twice. */
function namesOf(exported: object, list: string, problems: ConfigProblem[]): ReadonlyMap<string, object> {
  const known = new Map<string, object>();
  const places = new Map<string, number>();
  for (const [index, one] of objectsOf(exported, list)) {
    const name: unknown = Reflect.get(one, 'name');
    if (typeof name !== 'string') continue;
    const first = places.get(name);
    if (first === undefined) {
      known.set(name, one);
      places.set(name, index);
    } else {
      problems.push({
        path: `${list}[${index}].name`,
        message: `${JSON.stringify(name)} is already the name of ${list}[${first}]`,
      });
    }
  }
  return known;
}

function objectsOf(exported: object, list: string): readonly (readonly [number, object])[] {
  return [...itemsOf(Reflect.get(exported, list)).entries()].filter(
    (entry): entry is [number, object] => typeof entry[1] === 'object' && entry[1] !== null,
  );
}

function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function filledIn(definition: ConfigDefinition, folder: string): CheckedConfig {
  const repositories = (definition.repositories ?? []).map((one) => repositoryConfig(one, folder));
  return {
    lostAfterMs: definition.lostAfterMs ?? defaultLostAfterMs,
    repositories,
    workers: definition.workers.map((one) => ({
      name: one.name,
      tokenHashes: tokenHashesOf(one.tokenHash),
      trust: one.trust ?? defaultTrust,
    })),
    builders: definition.builders.map(builderConfig),
    schedulers: (definition.schedulers ?? []).map((one) => schedulerConfig(one, repositories)),
    hooks: (definition.hooks ?? []).map((one) => hookConfig(one, folder)),
    tokens: (definition.tokens ?? []).map(tokenConfig),
    secrets: secretConfigs(definition.secrets ?? {}, folder),
    publicRead: definition.publicRead ?? false,
    rateLimits: rateLimitsOf(definition.rateLimits),
    tls: tlsOf(definition.tls, folder),
    ...(definition.store !== undefined && { store: definition.store }),
    ...(definition.retention && { retention: definition.retention }),
  };
}

function builderConfig(one: BuilderDefinition): BuilderConfig {
  return {
    name: one.name,
    description: one.description ?? null,
    tags: [...(one.tags ?? [])],
    repository: one.repository ?? null,
    branch: one.branch ?? null,
    workers: [...one.workers],
    priority: one.priority ?? 0,
    onSilence: one.onSilence ?? 'retry',
    retriesMax: one.retriesMax ?? defaultRetriesMax,
    retryBackoffFirstMs: one.retryBackoffFirstMs ?? defaultRetryBackoffFirstMs,
    properties: { ...one.properties },
    trust: one.trust ?? defaultTrust,
    visibility: one.visibility ?? 'private',
    privateProperties: [...(one.privateProperties ?? [])],
    ...(one.retention && { retention: one.retention }),
  };
}

function schedulerConfig(
  one: SchedulerDefinition,
  repositories: readonly RepositoryConfig[],
): SchedulerConfig {
  const watched = repositories.find((repository) => repository.name === one.repository);
  const isNarrowed = one.branches !== undefined || one.tags !== undefined;
  const branches = isNarrowed ? (one.branches ?? []) : (watched?.branches ?? []);
  const tags = isNarrowed ? (one.tags ?? []) : (watched?.tags ?? []);
  const patterns = [...branches, ...tags.map((tag) => `${tagPrefix}${tag}`)];
  return {
    name: one.name,
    kind: one.kind,
    repository: one.repository,
    // What `POST /changes` tells counts too where the repository itself is not watched.
    branches: patterns.length > 0 ? patterns : ['*'],
    builders: [...one.builders],
    priority: one.priority ?? 0,
  };
}
