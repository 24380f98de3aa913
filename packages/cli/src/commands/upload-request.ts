import fs from 'node:fs';
import { messageOf } from '@millrace/kernel/errors';
import {
  MultipartParam,
  multipartEncode,
  PosterError,
  type EncodedForm,
  type UploadOptions,
} from '@millrace/poster';
import { UsageError } from '../client/usage-error.ts';

/** What the command line says of an upload, beside the URL and the files. */
export interface UploadFlags {
  readonly field?: readonly string[];
  readonly name: string;
  readonly header?: readonly string[];
  readonly method?: string;
  readonly user?: string;
  readonly token?: true;
  readonly retry?: number;
  readonly expect?: boolean;
  readonly proxy?: string;
  readonly ca?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The fields in their order, then the files. Throws a UsageError or a PosterError for one that cannot be sent. */
export function uploadForm(files: readonly string[], { field = [], name }: UploadFlags): EncodedForm {
  const fields = field.map((text) => {
    const [key, value] = cut(text, '=', '--field wants name=value');
    return new MultipartParam(key, value);
  });
  return multipartEncode([...fields, ...files.map((file) => fileParam(name, file))]);
}

/**
 * Secrets come from the environment alone: a command line can be read by everybody on the machine.
 * @param env `MILLRACE_UPLOAD_PASSWORD`, `_TOKEN` and `_PROXY` are read.
 */
export function uploadOptions(flags: UploadFlags, env: Environment): UploadOptions {
  const headers = (flags.header ?? []).map((text) => cut(text, ':', '--header wants "Name: value"'));
  const authorization = credentials(flags, env);
  if (authorization !== undefined) {
    if (headers.some(([name]) => name.toLowerCase() === 'authorization')) {
      throw new UsageError('give one of --user, --token and --header "Authorization: ..."');
    }
    headers.push(['Authorization', authorization]);
  }
  if (flags.proxy !== undefined) refusePassword(flags.proxy, 'put the whole URL into MILLRACE_UPLOAD_PROXY');
  return {
    method: flags.method,
    headers,
    retry: flags.retry,
    expect: flags.expect,
    proxy: flags.proxy ?? (env.MILLRACE_UPLOAD_PROXY || undefined),
    tls: flags.ca === undefined ? undefined : { ca: certificates(flags.ca) },
  };
}

/** Throws a UsageError if a URL on the command line holds a password. */
export function refusePassword(url: string, remedy: string): void {
  if (!URL.canParse(url) || new URL(url).password === '') return;
  throw new UsageError(
    `a password on the command line can be read by everybody on this machine: take it out of the URL, and ${remedy}`,
  );
}

function fileParam(name: string, file: string): MultipartParam {
  try {
    return MultipartParam.fromFile(name, file);
  } catch (error) {
    if (!(error instanceof PosterError) || !noFileCodes.has(error.code)) throw error;
    const stats = fs.statSync(file, { throwIfNoEntry: false });
    if (stats === undefined) throw error;
    const shown = JSON.stringify(file);
    throw new UsageError(
      stats.isDirectory()
        ? `${shown} is a directory: pack it first, as "tar -czf packed.tar.gz" does, or name the files in it`
        : `${shown} is a device, pipe or socket: copy what it gives into a file first`,
    );
  }
}

/** A directory's path may end without a name: `.`, `builds/`. */
const noFileCodes: ReadonlySet<string> = new Set(['ERR_POSTER_NOT_A_FILE', 'ERR_POSTER_NAME']);

function credentials({ user, token }: UploadFlags, env: Environment): string | undefined {
  if (user !== undefined && token) throw new UsageError('give one of --user and --token');
  if (token) return `Bearer ${wanted(env, 'MILLRACE_UPLOAD_TOKEN', '--token')}`;
  if (user === undefined) return undefined;
  if (user.includes(':')) throw new UsageError('--user wants a name without a colon, and no password');
  const password = wanted(env, 'MILLRACE_UPLOAD_PASSWORD', '--user');
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

function wanted(env: Environment, variable: string, flag: string): string {
  const value = env[variable];
  if (value) return value;
  throw new UsageError(`${flag} reads ${variable} from the environment, and it is not set`);
}

function certificates(file: string): string {
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`--ca: ${messageOf(error)}`);
  }
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  throw new UsageError(`--ca: ${JSON.stringify(file)} holds no certificate in PEM form`);
}

function cut(text: string, mark: string, expected: string): [string, string] {
  const at = text.indexOf(mark);
  if (at < 1) throw new UsageError(`${expected}, not ${JSON.stringify(text)}`);
  const value = text.slice(at + 1);
  return [text.slice(0, at), mark === ':' ? value.trim() : value];
}
