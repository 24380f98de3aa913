import { PosterError } from '../errors.ts';
import { parseHttpUrl } from './address.ts';
import type { Outcome } from './exchange.ts';
import type { UploadSettings } from './upload-options.ts';

/** What an upload has come to when an exchange ends. */
export interface Trail {
  readonly url: URL;
  /** Whether the request carries the form: not any more after a redirect that made it a GET. */
  readonly sendsForm: boolean;
  readonly expects: boolean;
  readonly redirects: number;
  readonly retries: number;
  readonly refusals: number;
}

/** What an upload does next. */
export type Next =
  | { readonly kind: 'deliver' }
  | { readonly kind: 'fail'; readonly error: unknown }
  /** Ask for credentials, then send again. */
  | { readonly kind: 'authenticate' }
  | {
      readonly kind: 'redirect';
      readonly url: URL;
      readonly sendsForm: boolean;
      readonly keepsCredentials: boolean;
    }
  /** Send again, after a connection was lost. */
  | { readonly kind: 'retry'; readonly delayMs: number }
  /** Send again without `Expect`: the server does not know it. */
  | { readonly kind: 'drop-expect' };

/** However often a connection was lost, the next try waits no longer than this. */
const retryDelayMsMax = 60_000;

/** How often credentials are asked for. */
const refusalsMax = 3;

type Policy = Pick<UploadSettings, 'redirect' | 'redirectsMax' | 'retry' | 'retryDelayMs' | 'onAuth'>;

/** Decides what an ended exchange means for the upload. */
export function decideNext(outcome: Outcome, trail: Trail, policy: Policy): Next {
  if (outcome.kind === 'failed') {
    if (!outcome.resendable || trail.retries >= policy.retry) return { kind: 'fail', error: outcome.error };
    return { kind: 'retry', delayMs: Math.min(policy.retryDelayMs * 2 ** trail.retries, retryDelayMsMax) };
  }
  switch (outcome.status) {
    case 401:
      if (policy.onAuth === undefined || trail.refusals >= refusalsMax) return { kind: 'deliver' };
      return { kind: 'authenticate' };
    case 417:
      return trail.expects ? { kind: 'drop-expect' } : { kind: 'deliver' };
    case 301:
    case 302:
    case 303:
    case 307:
    case 308:
      return decideRedirect(outcome, trail, policy);
    default:
      return { kind: 'deliver' };
  }
}

function decideRedirect(outcome: Extract<Outcome, { kind: 'answered' }>, trail: Trail, policy: Policy): Next {
  const location = outcome.headers.get('location');
  if (policy.redirect === 'manual' || location === null) return { kind: 'deliver' };
  const refuse = (why: string): Next => ({
    kind: 'fail',
    error: new PosterError('ERR_POSTER_REDIRECT', `${trail.url.origin} answered ${outcome.status}: ${why}`),
  });
  if (policy.redirect === 'error') return refuse('redirects are not allowed here');
  if (trail.redirects >= policy.redirectsMax) return refuse(`more than ${policy.redirectsMax} redirects`);
  const url = parseHttpUrl(location, trail.url);
  if (url === undefined) return refuse('its location is no http or https URL');
  if (trail.url.protocol === 'https:' && url.protocol === 'http:') {
    return refuse('its location is not secure; send there if you mean to');
  }
  return {
    kind: 'redirect',
    url,
    sendsForm: trail.sendsForm && (outcome.status === 307 || outcome.status === 308),
    keepsCredentials: url.origin === trail.url.origin,
  };
}
