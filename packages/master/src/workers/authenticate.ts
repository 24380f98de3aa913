import { createHash, timingSafeEqual } from 'node:crypto';
import type { RefusalCode } from '@millrace/protocol/agent/messages';
import type { WorkerConfig } from '../config/config.ts';

/** What a connection brings with it, before it has said a word. */
export interface Credentials {
  readonly token: string | null;
  /** It comes from this machine itself. */
  readonly loopback: boolean;
}

export type Authenticated =
  | { readonly kind: 'known' }
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly message: string };

/** Whether this connection may speak for the worker `name`. */
export function authenticate(
  workers: readonly WorkerConfig[],
  name: string,
  credentials: Credentials,
): Authenticated {
  const worker = workers.find((one) => one.name === name);
  if (worker === undefined) {
    return refused(
      'unknown-worker',
      `The master's config has no worker named "${name}". Add it to "workers" there, or start this one with --name and a name that it has.`,
    );
  }
  if (worker.tokenHash === null) {
    if (credentials.loopback) return { kind: 'known' };
    return refused(
      'wrong-token',
      `The worker "${name}" has no token in the master's config, so it may only connect from the master's own machine. Make a token with "millrace token".`,
    );
  }
  if (credentials.token === null) {
    return refused('wrong-token', `The worker "${name}" needs its token: start it with --token.`);
  }
  const given = createHash('sha256').update(credentials.token).digest();
  const expected = Buffer.from(worker.tokenHash.replace(/^sha256:/, ''), 'hex');
  if (given.length === expected.length && timingSafeEqual(given, expected)) return { kind: 'known' };
  return refused(
    'wrong-token',
    `The token is not that of the worker "${name}". Start it with the token whose hash stands in the master's config.`,
  );
}

function refused(code: RefusalCode, message: string): Authenticated {
  return { kind: 'refused', code, message };
}
