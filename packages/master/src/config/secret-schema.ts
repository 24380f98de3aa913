import { isRecord, refined } from './refined-schema.ts';

/** Where secrets are found, by their names: the `secrets` of a config. */
export const secretsSchema = refined(
  'names (letters, digits, ".", "_" and "-") with where each is found, { env: \'VARIABLE\' } or { file: \'/path\' }, and who may have it, { builders: [...], trust: \'...\' }; a secret itself does not stand in a config',
  (value) => isRecord(value) && Object.entries(value).every(([name, one]) => isName(name) && isSecret(one)),
);

function isSecret(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { env, file, builders, trust, ...rest } = value;
  const isFound =
    (typeof env === 'string' && file === undefined && /^[A-Za-z_][A-Za-z0-9_]*$/.test(env)) ||
    (typeof file === 'string' && env === undefined && /^[^\p{Cc}]{1,1000}$/u.test(file));
  return (
    isFound &&
    (builders === undefined || isList(builders, isPattern)) &&
    (trust === undefined || isName(trust) || isList(trust, isName)) &&
    Object.keys(rest).length === 0
  );
}

function isList(value: unknown, isOne: (value: unknown) => boolean): boolean {
  return Array.isArray(value) && value.length > 0 && value.length <= 1_000 && value.every(isOne);
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(value);
}

function isPattern(value: unknown): boolean {
  return typeof value === 'string' && /^[A-Za-z0-9*][A-Za-z0-9._*-]{0,199}$/.test(value);
}
