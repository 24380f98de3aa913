import type { RefusalCode } from '@millrace/protocol/agent/messages';
import { byName } from '../config/by-name.ts';
import type { WorkerConfig } from '../config/config.ts';
import { expiryText } from '../config/expiry.ts';
import { heldToken, tokenDigest } from '../config/held-token.ts';
import { isKnownToken } from './known-tokens.ts';

/** What a connection brings with it, before it has said a word. */
export interface Credentials {
  readonly token: string | null;
  /** It comes from this machine itself. */
  readonly loopback: boolean;
}

export type Authenticated =
  /** Milliseconds since 1970; null: its token does not expire. */
  | { readonly kind: 'known'; readonly expiresAt: number | null }
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly message: string };

/** Whether this connection may speak for the worker `name`. @param now milliseconds since 1970 */
export function authenticate(
  workers: readonly WorkerConfig[],
  name: string,
  credentials: Credentials,
  now: number,
): Authenticated {
  const worker = byName(workers, name);
  if (worker === undefined) {
    return refused(
      'unknown-worker',
      `The master's config has no worker named "${name}". Add it to "workers" there, or start this one with --name and a name that it has.`,
    );
  }
  if (worker.tokenHashes.length === 0) {
    if (credentials.loopback) return { kind: 'known', expiresAt: null };
    return refused(
      'wrong-token',
      `The worker "${name}" has no token in the master's config, so it may only connect from the master's own machine. Make a token with "millrace token".`,
    );
  }
  if (credentials.token === null) {
    return refused('wrong-token', `The worker "${name}" needs its token: start it with --token-file.`);
  }
  const held = heldToken(worker.tokenHashes, tokenDigest(credentials.token), now);
  if (held.kind === 'valid') return { kind: 'known', expiresAt: held.expiresAt };
  if (held.kind === 'expired') {
    return refused(
      'wrong-token',
      `The token of the worker "${name}" expired on ${expiryText(held.expiresAt)}. Make another with "millrace token", put its hash into the master's config and start the worker with it.`,
    );
  }
  return refused(
    'wrong-token',
    `The token is not that of the worker "${name}". Start it with the token whose hash stands in the master's config.`,
  );
}

/** Whether these would let some worker in, whichever it says it is. @param now milliseconds since 1970 */
export function maySpeak(workers: readonly WorkerConfig[], credentials: Credentials, now: number): boolean {
  if (credentials.loopback) return true;
  return credentials.token !== null && isKnownToken(workers, credentials.token, now);
}

function refused(code: RefusalCode, message: string): Authenticated {
  return { kind: 'refused', code, message };
}
