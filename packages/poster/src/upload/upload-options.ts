import type { ConnectionOptions } from 'node:tls';
import { systemClock, type Clock } from '../clock.ts';
import type { ProgressListener } from '../encode/progress.ts';
import { PosterError } from '../errors.ts';
import { parseHttpUrl } from './address.ts';

/** A 401 that asks for credentials. */
export interface AuthChallenge {
  /** Who asks. After a redirect this may be another server: do not send it what belongs to the first. */
  readonly url: string;
  /** The answer's headers, `www-authenticate` among them. */
  readonly headers: Headers;
  /** How often this upload was refused, from 1. */
  readonly refusals: number;
}

/** Gives the value of an Authorization header, or undefined to leave it at the 401. Asked at most three times. */
export type OnAuth = (challenge: AuthChallenge) => string | undefined | Promise<string | undefined>;

/** How a form is sent. Every limit has a default; `Infinity` lifts one. */
export interface UploadOptions {
  /** `POST` if not given. */
  method?: string | undefined;
  /** Further headers of the request. Those of the form and of the connection are made here. */
  headers?: Readonly<Record<string, string>> | Iterable<readonly [string, string]> | undefined;
  /** Ends the upload; its reason is what `upload` throws. */
  signal?: AbortSignal | undefined;
  /** Whether to send `Expect: 100-continue` and wait. Bodies of 1 MiB and more, and of unknown length, if not given. */
  expect?: boolean | undefined;
  /** Asked for credentials when the server answers 401. */
  onAuth?: OnAuth | undefined;
  /** Told after each write to the connection. */
  onProgress?: ProgressListener | undefined;
  /** `follow` (the default), `manual`: deliver the redirect, `error`: fail. */
  redirect?: 'follow' | 'manual' | 'error' | undefined;
  /** Redirects followed at most: 5. */
  redirectsMax?: number | undefined;
  /** How often a lost or refused connection is tried again: 0. A server may have seen the form all the same. */
  retry?: number | undefined;
  /** Wait before the first retry: 250 ms; twice as long before each next, up to a minute. */
  retryDelayMs?: number | undefined;
  /** For https: `ca`, `cert`, `key`, `rejectUnauthorized` and the rest of what `tls.connect` takes. */
  tls?: ConnectionOptions | undefined;
  /** An http or https proxy, with its credentials if it wants some. The environment is not looked at. */
  proxy?: string | URL | undefined;
  /** Time and timers. */
  clock?: Clock | undefined;
  /** For a connection, with its handshake and tunnel: 30,000 ms. */
  connectMs?: number | undefined;
  /** For a 100 after `Expect`, then the body is sent without: 1,000 ms. */
  expectMs?: number | undefined;
  /** For which nothing may move, until the answer's head: 300,000 ms. */
  idleMs?: number | undefined;
  /** From the answer's head to its end: 300,000 ms. */
  responseMs?: number | undefined;
  /** For which an early answer's body may be silent before what came of it is delivered: 2,000 ms. */
  lingerMs?: number | undefined;
  /** The longest answer's body: 16 MiB. */
  responseBytesMax?: number | undefined;
}

/** The options with nothing left open. */
export interface UploadSettings {
  readonly method: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly signal: AbortSignal | undefined;
  readonly expect: boolean | undefined;
  readonly onAuth: OnAuth | undefined;
  readonly onProgress: ProgressListener | undefined;
  readonly redirect: 'follow' | 'manual' | 'error';
  readonly redirectsMax: number;
  readonly retry: number;
  readonly retryDelayMs: number;
  readonly tls: ConnectionOptions;
  readonly proxy: URL | undefined;
  readonly clock: Clock;
  readonly connectMs: number;
  readonly expectMs: number;
  readonly idleMs: number;
  readonly responseMs: number;
  readonly lingerMs: number;
  readonly responseBytesMax: number;
}

const limitDefaults = {
  redirectsMax: 5,
  retry: 0,
  retryDelayMs: 250,
  connectMs: 30_000,
  expectMs: 1_000,
  idleMs: 300_000,
  responseMs: 300_000,
  lingerMs: 2_000,
  responseBytesMax: 16 * 1024 * 1024,
} as const;

type LimitName = keyof typeof limitDefaults;
const limitNames = Object.keys(limitDefaults) as LimitName[];

const otherNames = [
  'method',
  'headers',
  'signal',
  'expect',
  'onAuth',
  'onProgress',
  'redirect',
  'tls',
  'proxy',
  'clock',
];
const known = new Set<string>([...limitNames, ...otherNames]);

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const ours = /^(content-(type|length)|transfer-encoding|connection|expect|host|proxy-authorization)$/i;
// What RFC 9110, 5.5 keeps out of a header; beyond Latin-1 nothing could be sent.
// oxlint-disable-next-line no-control-regex
const unsendable = /[\0-\x08\x0a-\x1f\x7f]|[^\0-\xff]/;

/** Checks the options and fills in the defaults. Throws one `PosterError` that tells all problems. */
export function parseUploadOptions(options: UploadOptions): UploadSettings {
  const problems: string[] = [];
  for (const name of Object.keys(options))
    if (!known.has(name)) problems.push(`there is no option "${name}"`);

  const method = options.method ?? 'POST';
  if (!token.test(method) || /^(GET|HEAD|CONNECT|TRACE)$/i.test(method)) {
    problems.push(
      `method must be one that carries a body, such as POST or PUT, not ${JSON.stringify(method)}`,
    );
  }
  const redirect = options.redirect ?? 'follow';
  if (!['follow', 'manual', 'error'].includes(redirect))
    problems.push('redirect must be follow, manual or error');
  const headers = headerPairs(options.headers);
  for (const [name, value] of headers) problems.push(...headerProblems(name, value));
  const limits = Object.fromEntries(
    limitNames.map((name) => [name, options[name] ?? limitDefaults[name]]),
  ) as Record<LimitName, number>;
  for (const name of limitNames) {
    if (!(typeof limits[name] === 'number' && limits[name] >= 0))
      problems.push(`${name} must be a number from 0 on`);
  }
  const proxy = options.proxy === undefined ? undefined : parseHttpUrl(options.proxy);
  if (options.proxy !== undefined && proxy === undefined) problems.push('proxy must be an http or https URL');
  if (problems.length > 0) throw new PosterError('ERR_POSTER_OPTION', `upload: ${problems.join('; ')}`);

  return Object.freeze({
    ...limits,
    method: method.toUpperCase(),
    headers,
    signal: options.signal,
    expect: options.expect,
    onAuth: options.onAuth,
    onProgress: options.onProgress,
    redirect,
    tls: options.tls ?? {},
    proxy,
    clock: options.clock ?? systemClock,
  });
}

function headerPairs(headers: UploadOptions['headers']): (readonly [string, string])[] {
  if (headers === undefined) return [];
  return Symbol.iterator in headers ? [...headers] : Object.entries(headers);
}

function headerProblems(name: string, value: string): string[] {
  if (!token.test(name)) return [`${JSON.stringify(name)} is no header name`];
  if (ours.test(name)) return [`the header ${name} is made by upload`];
  if (typeof value !== 'string' || unsendable.test(value)) {
    return [`the value of the header ${name} must be Latin-1 text without control characters`];
  }
  return [];
}
