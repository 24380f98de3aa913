import { messageOf, MillraceError } from '@millrace/kernel/errors';
import type { SecretConfig } from '@millrace/master/config/secret-config';
import type { ReadSecret } from '@millrace/master/config/read-secret';

/** The variable in which a person hands in a secret: `npm-token` is `MILLRACE_SECRET_NPM_TOKEN`. */
export function secretVariable(name: string): string {
  return `MILLRACE_SECRET_${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`;
}

/**
 * The values of the secrets that a plan names: from the environment, else from where the config has them.
 * @throws MillraceError `secret-missing`, which names all that are missing, and never asks for one.
 */
export function secretsHere(
  names: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  config: readonly SecretConfig[],
  read: ReadSecret,
): Readonly<Record<string, string>> {
  const values: Record<string, string> = {};
  const missing: string[] = [];
  for (const name of names) {
    const given = env[secretVariable(name)];
    const known = config.find((one) => one.name === name);
    try {
      if (given !== undefined && given !== '') values[name] = given;
      else if (known !== undefined) values[name] = read(known.source);
      else missing.push(`  ${name}: set ${secretVariable(name)}`);
    } catch (error) {
      missing.push(`  ${name}: set ${secretVariable(name)} (${messageOf(error)})`);
    }
  }
  if (missing.length === 0) return values;
  throw new MillraceError(
    'secret-missing',
    `${missing.length === 1 ? 'a secret is' : 'secrets are'} missing here:\n${missing.join('\n')}`,
  );
}
