import fs from 'node:fs';
import process from 'node:process';
import { codeOf, MillraceError, messageOf } from '@millrace/kernel/errors';
import type { RunOrder } from '@millrace/protocol/agent/messages';
import { secretsBytesMax } from '@millrace/protocol/agent/messages';
import type { CurrentConfig } from './config.ts';
import { readCredentialSecret } from './credential-secret.ts';
import type { SecretSource } from './source-config.ts';

/** Shorter ones cannot be masked: they would be found everywhere. */
const secretBytesMin = 6;
const secretBytesOneMax = 64 * 1024;

export type SecretsOfOrder = Pick<RunOrder, 'secrets' | 'missingSecrets'>;

/** Adds the values of its plan's secrets to an order. */
export interface SecretsForOrders {
  of(order: Pick<RunOrder, 'plan'>): SecretsOfOrder;
}

/** Reads one secret. @throws MillraceError `secret-missing` with what is wrong, and no word of the value. */
export type ReadSecretText = (source: SecretSource) => string;

/**
 * The values of the secrets that a plan asks for, read anew each time: they may be changed while the master runs, and
 * are kept nowhere.
 */
export class OrderSecrets implements SecretsForOrders {
  readonly #config: CurrentConfig;
  readonly #read: ReadSecretText;

  constructor(config: CurrentConfig, read: ReadSecretText = readSecretText) {
    this.#config = config;
    this.#read = read;
  }

  /** What is to be added to the order on its way to the agent. */
  of({ plan }: Pick<RunOrder, 'plan'>): SecretsOfOrder {
    if (plan.secrets === undefined || plan.secrets.length === 0) return {};
    const secrets: Record<string, string> = {};
    const missingSecrets: Record<string, string> = {};
    let bytes = 0;
    for (const name of plan.secrets) {
      try {
        const value = this.#valueOf(name);
        bytes += Buffer.byteLength(value);
        if (bytes > secretsBytesMax)
          throw missing(`together with those before it, it has more than ${secretsBytesMax} bytes`);
        secrets[name] = value;
      } catch (thrown) {
        if (codeOf(thrown) !== 'secret-missing') throw thrown;
        missingSecrets[name] = `The secret '${name}' cannot be had: ${messageOf(thrown)}.`;
      }
    }
    return { secrets, missingSecrets };
  }

  #valueOf(name: string): string {
    const source = this.#sourceOf(name);
    if (source === undefined) throw missing('the config of the master does not have it any more');
    const value = this.#read(source);
    const bytes = Buffer.byteLength(value);
    if (bytes < secretBytesMin)
      throw missing(`it has fewer than ${secretBytesMin} bytes, and could not be masked in logs`);
    if (bytes > secretBytesOneMax) throw missing(`it has more than ${secretBytesOneMax} bytes`);
    if (value.includes('\0')) throw missing('there is a NUL in it, which no environment can hold');
    return value;
  }

  #sourceOf(name: string): SecretSource | undefined {
    const { repositories, secrets } = this.#config.get();
    const credential = readCredentialSecret(name);
    if (credential === undefined) return secrets.find((one) => one.name === name)?.source;
    const credentials = repositories.find((one) => one.name === credential.repository)?.credentials;
    if (credential.kind === 'password') return credentials?.password ?? undefined;
    const file = credentials?.sshKeyFile;
    return file === undefined || file === null ? undefined : { file };
  }
}

/** A variable of this process, or a file; the line feed at a file's end is not part of it. */
export const readSecretText: ReadSecretText = (source) => {
  if ('env' in source) {
    const value = process.env[source.env];
    if (value === undefined) throw missing(`the environment variable ${source.env} of the master is not set`);
    return value;
  }
  return readFileText(source.file).replace(/\r?\n$/, '');
};

/** Without waiting: a FIFO that nobody writes to would hold up the master. */
function readFileText(file: string): string {
  let handle: number | undefined;
  try {
    handle = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
    const stat = fs.fstatSync(handle);
    if (!stat.isFile()) throw missing(`${file} on the master is no file`);
    if (stat.size > 2 * secretBytesOneMax) throw missing(`it has more than ${secretBytesOneMax} bytes`);
    return fs.readFileSync(handle, 'utf8');
  } catch (thrown) {
    if (codeOf(thrown) === 'secret-missing') throw thrown;
    throw missing(`the file ${file} on the master cannot be read (${codeOf(thrown) ?? 'it is broken'})`);
  } finally {
    if (handle !== undefined) fs.closeSync(handle);
  }
}

function missing(what: string): MillraceError<'secret-missing'> {
  return new MillraceError('secret-missing', what);
}
