import type { BuilderConfig } from './config.ts';
import type { ConfigProblem } from './config-problem.ts';
import { suggestion } from './did-you-mean.ts';
import { isRecord } from './refined-schema.ts';
import { whyNotFor } from './secret-config.ts';
import type { SecretConfig } from './secret-config.ts';
import { SecretReference } from './secret.ts';

/** Names of the secrets in environment variables, in their order and once each. */
export function secretsIn(env: unknown): readonly string[] {
  if (!isRecord(env)) return [];
  const parts = Object.values(env).flatMap((text): readonly unknown[] =>
    Array.isArray(text) ? text : [text],
  );
  return [...new Set(parts.flatMap((part) => (part instanceof SecretReference ? part.secret : [])))];
}

/** What is wrong with the secrets that an environment asks for: there is none of that name, or it is not for them. */
export function secretProblems(
  env: unknown,
  path: string,
  known: readonly SecretConfig[],
  builder: Pick<BuilderConfig, 'name' | 'trust'>,
): readonly ConfigProblem[] {
  return secretsIn(env).flatMap((name): readonly ConfigProblem[] => {
    const secret = known.find((one) => one.name === name);
    if (secret === undefined) {
      const names = known.map((one) => one.name);
      return [{ path, message: `unknown secret ${JSON.stringify(name)}${suggestion(name, names)}` }];
    }
    const why = whyNotFor(secret, builder);
    return why === undefined
      ? []
      : [{ path, message: `the secret ${JSON.stringify(name)} may not be had: ${why}` }];
  });
}
