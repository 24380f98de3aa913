import type { EnvironmentTemplate } from '@millrace/protocol/plan';
import type { Properties, Secrets } from './template.ts';
import { renderWithSecrets } from './template.ts';

export type Environment = Readonly<Record<string, string>>;

/** How this machine reaches others: by which proxies (in either case), and whose certificates it trusts. */
const network = (
  'http_proxy https_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY ' +
  'SSL_CERT_FILE SSL_CERT_DIR NODE_EXTRA_CA_CERTS GIT_SSL_CAINFO CURL_CA_BUNDLE REQUESTS_CA_BUNDLE PIP_CERT'
).split(' ');

/** What a step may see of the environment in which the worker was started, beside all that begins with `LC_`. */
const inherited = new Set([
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'LANGUAGE',
  'TZ',
  'TMPDIR',
  ...network,
]);

/** The few variables of the worker's own environment that steps see, and those that its owner named on top. */
export function inheritedEnvironment(
  environment: NodeJS.ProcessEnv,
  passed: readonly string[] = [],
): Environment {
  return Object.fromEntries(
    Object.entries(environment).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined &&
        (inherited.has(entry[0]) || entry[0].startsWith('LC_') || passed.includes(entry[0])),
    ),
  );
}

/** What is known of a build, as far as its steps are told. */
export interface BuildFacts {
  readonly build: number;
  readonly builder: string;
  readonly number: number;
  readonly worker: string;
  readonly slot: number;
  readonly branch: string | undefined;
  readonly revision: string | undefined;
  /** Which try of the step it is, from 1; absent where it is tried once. */
  readonly try?: number;
}

/**
 * A step's whole environment. Later ones win: what is inherited, millrace's own, the properties, the plan's,
 * the step's. @throws MillraceError `property-missing`, `secret-missing`.
 */
export function stepEnvironment(parts: {
  readonly inherited: Environment;
  readonly facts: BuildFacts;
  readonly properties: Properties;
  readonly planned: readonly Readonly<Record<string, EnvironmentTemplate>>[];
  readonly secrets?: Secrets;
}): Environment {
  const { facts, properties } = parts;
  const environment: Record<string, string> = {
    ...parts.inherited,
    TERM: 'dumb',
    CI: 'true',
    MILLRACE: 'true',
    MILLRACE_BUILD: String(facts.build),
    MILLRACE_BUILDER: facts.builder,
    MILLRACE_NUMBER: String(facts.number),
    MILLRACE_WORKER: facts.worker,
    MILLRACE_SLOT: String(facts.slot),
  };
  if (facts.try !== undefined) environment['MILLRACE_TRY'] = String(facts.try);
  if (facts.branch !== undefined) environment['MILLRACE_BRANCH'] = facts.branch;
  if (facts.revision !== undefined) environment['MILLRACE_REVISION'] = facts.revision;
  for (const [name, value] of Object.entries(properties)) environment[propertyVariable(name)] = String(value);
  for (const templates of parts.planned)
    for (const [name, template] of Object.entries(templates))
      environment[name] = renderWithSecrets(template, properties, parts.secrets ?? {});
  return environment;
}

/** The variable in which a step sees a property: `got-revision` is `MILLRACE_PROP_GOT_REVISION`. */
export function propertyVariable(property: string): string {
  return `MILLRACE_PROP_${property.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`;
}
