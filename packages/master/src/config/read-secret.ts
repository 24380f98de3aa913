import { MillraceError } from '@millrace/kernel/errors';
import { readSecretText } from './order-secrets.ts';
import type { SecretSource } from './source-config.ts';

const secretLengthMax = 4_096;

/** Looks a secret up each time that it is needed: it may be changed while the master runs, and is kept nowhere. */
export type ReadSecret = (source: SecretSource) => string;

/**
 * What the master itself shows to others: a password, or what a hook is signed with.
 *
 * @throws MillraceError `secret-missing`: it is not there, empty, or more than one line. The message names the
 * place, never the value.
 */
export const readSecret: ReadSecret = (source) => {
  const value = readSecretText(source);
  const place = 'env' in source ? `the environment variable ${source.env}` : `the file ${source.file}`;
  if (value === '') throw missing(`${place} of the master is empty`);
  if (value.length > secretLengthMax)
    throw missing(`${place} of the master has more than ${secretLengthMax} characters`);
  if (/[\0\r\n]/.test(value)) throw missing(`${place} of the master has more than one line`);
  return value;
};

function missing(what: string): MillraceError<'secret-missing'> {
  return new MillraceError('secret-missing', what);
}
