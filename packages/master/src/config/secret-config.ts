import path from 'node:path';
import { defaultTrust } from '@millrace/protocol/plan';
import { matchesBranch } from './branch-pattern.ts';
import type { SecretDefinition } from './define-secret.ts';
import type { SecretSource } from './source-config.ts';

/** A secret by its name: its value stands nowhere. */
export interface SecretConfig {
  readonly name: string;
  readonly source: SecretSource;
  /** Names of builders, or patterns with `*`. */
  readonly builders: readonly string[];
  /** Levels of trust. */
  readonly trust: readonly string[];
}

/** What the definitions do not say is filled in; relative paths are resolved against `folder`. */
export function secretConfigs(
  given: Readonly<Record<string, SecretDefinition>>,
  folder: string,
): readonly SecretConfig[] {
  return Object.entries(given).map(([name, one]) => ({
    name,
    source: 'env' in one ? { env: one.env } : { file: path.resolve(folder, one.file) },
    builders: [...(one.builders ?? ['*'])],
    trust: [one.trust ?? defaultTrust].flat(),
  }));
}

/** Why a builder may not have a secret; undefined where it may. */
export function whyNotFor(
  secret: SecretConfig,
  builder: { readonly name: string; readonly trust: string },
): string | undefined {
  if (!secret.trust.includes(builder.trust))
    return `it is for builders whose trust is ${list(secret.trust)}, and that of "${builder.name}" is "${builder.trust}"`;
  if (!matchesBranch(secret.builders, builder.name))
    return `it is for the builders ${list(secret.builders)}, and not for "${builder.name}"`;
  return undefined;
}

function list(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}
