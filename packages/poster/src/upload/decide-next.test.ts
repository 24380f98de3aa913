import { describe, expect, test } from 'vitest';
import { decideNext, type Next, type Trail } from './decide-next.ts';
import type { Outcome } from './exchange.ts';

const trail: Trail = {
  url: new URL('https://a.example/up'),
  sendsForm: true,
  expects: true,
  redirects: 0,
  retries: 0,
  refusals: 0,
};
const policy = {
  redirect: 'follow',
  redirectsMax: 2,
  retry: 2,
  retryDelayMs: 100,
  onAuth: () => 'Basic x',
} as const;

const answered = (status: number, location?: string): Outcome => ({
  kind: 'answered',
  status,
  headers: new Headers(location === undefined ? {} : { location }),
  body: new Uint8Array(),
  bodyComplete: true,
  complete: true,
});
const failed = (resendable: boolean): Outcome => ({ kind: 'failed', error: new Error('lost'), resendable });

describe('what comes next', () => {
  test.each<[string, Outcome, Partial<Trail>, object]>([
    ['a 200 is delivered', answered(200), {}, { kind: 'deliver' }],
    ['a 500 is delivered', answered(500), {}, { kind: 'deliver' }],
    ['a 401 asks for credentials', answered(401), {}, { kind: 'authenticate' }],
    ['but not a fourth time', answered(401), { refusals: 3 }, { kind: 'deliver' }],
    ['a 417 sends without Expect', answered(417), {}, { kind: 'drop-expect' }],
    ['but only where it was sent', answered(417), { expects: false }, { kind: 'deliver' }],
    ['a lost connection is tried again', failed(true), {}, { kind: 'retry', delayMs: 100 }],
    ['after twice the time', failed(true), { retries: 1 }, { kind: 'retry', delayMs: 200 }],
    ['and then given up', failed(true), { retries: 2 }, { kind: 'fail' }],
    ['a broken form is not tried again', failed(false), {}, { kind: 'fail' }],
    ['a redirect without a location is delivered', answered(302), {}, { kind: 'deliver' }],
    ['one to nowhere fails', answered(302, 'ftp://b'), {}, { error: { code: 'ERR_POSTER_REDIRECT' } }],
    [
      'one to plain http fails',
      answered(307, 'http://a.example/'),
      {},
      { error: { code: 'ERR_POSTER_REDIRECT' } },
    ],
    ['one too many fails', answered(307, '/x'), { redirects: 2 }, { error: { code: 'ERR_POSTER_REDIRECT' } }],
  ])('%s', (_what, outcome, change, next) => {
    expect(decideNext(outcome, { ...trail, ...change }, policy)).toMatchObject(next);
  });

  test.each([301, 302, 303, 307, 308])(
    '%d goes to its location, with the form only for 307 and 308',
    (status) => {
      const next = decideNext(answered(status, 'x?y'), trail, policy) as Extract<Next, { kind: 'redirect' }>;
      expect(next.url.href).toBe('https://a.example/x?y');
      expect(next.sendsForm).toBe(status >= 307);
      expect(next.keepsCredentials).toBe(true);
    },
  );

  test.each([
    ['https://a.example:444/', false],
    ['https://b.example/', false],
    ['//a.example/other', true],
  ])('%s may have the credentials: %s', (location, keepsCredentials) => {
    expect(decideNext(answered(307, location), trail, policy)).toMatchObject({ keepsCredentials });
  });

  test('a retry waits a minute at most', () => {
    const next = decideNext(failed(true), { ...trail, retries: 2000 }, { ...policy, retry: Infinity });
    expect(next).toEqual({ kind: 'retry', delayMs: 60_000 });
  });

  test('a form that became a GET stays one', () => {
    expect(decideNext(answered(307, '/'), { ...trail, sendsForm: false }, policy)).toMatchObject({
      sendsForm: false,
    });
  });

  test('a redirect is delivered, or refused, where it is not to be followed', () => {
    expect(decideNext(answered(302, '/'), trail, { ...policy, redirect: 'manual' })).toEqual({
      kind: 'deliver',
    });
    expect(decideNext(answered(302, '/'), trail, { ...policy, redirect: 'error' })).toMatchObject({
      kind: 'fail',
    });
  });
});
