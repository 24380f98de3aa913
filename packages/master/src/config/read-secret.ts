import { readFileSync } from 'node:fs';
import process from 'node:process';
import { messageOf, MillraceError } from '@millrace/kernel/errors';
import type { SecretSource } from './source-config.ts';

const secretLengthMax = 4_096;

/** Looks a secret up each time that it is needed: it may be changed while the master runs, and is kept nowhere. */
export type ReadSecret = (source: SecretSource) => string;

/**
 * Reads a variable of this process, or a file.
 *
 * @throws MillraceError `secret-missing`: it is not there, empty, or more than one line. The message names the
 * place, never the value.
 */
export const readSecret: ReadSecret = (source) => {
  const { place, value } = 'env' in source ? ofVariable(source.env) : ofFile(source.file);
  if (value === '') throw missing(`${place} is empty`);
  if (value.length > secretLengthMax) throw missing(`${place} is longer than ${secretLengthMax} characters`);
  if (/[\0\r\n]/.test(value)) throw missing(`${place} has more than one line`);
  return value;
};

function ofVariable(name: string): { readonly place: string; readonly value: string } {
  const value = process.env[name];
  if (value === undefined) throw missing(`the environment variable ${name} of the master is not set`);
  return { place: `the environment variable ${name} of the master`, value };
}

function ofFile(file: string): { readonly place: string; readonly value: string } {
  try {
    return { place: `the file ${file}`, value: readFileSync(file, 'utf8').replace(/\r?\n$/, '') };
  } catch (error) {
    throw missing(`the file ${file} cannot be read (${messageOf(error)})`);
  }
}

function missing(what: string): MillraceError<'secret-missing'> {
  return new MillraceError('secret-missing', `A secret is missing: ${what}.`);
}
