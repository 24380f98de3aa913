import { createHash } from 'node:crypto';
import { scopes } from '@millrace/master/config/access-config';
import type { Scope, TokenConfig } from '@millrace/master/config/access-config';
import type { Route } from './routes.ts';

/** A token for each scope, and one that may do nothing. */
export const tokens: readonly TokenConfig[] = ['nothing', ...scopes].map((name) => ({
  name,
  hashes: [
    { hash: `sha256:${createHash('sha256').update(`secret-of-${name}`).digest('hex')}`, expiresAt: null },
  ],
  scopes: scopes.filter((scope) => scope === name),
}));

export const bearer = (name: string) => ({ authorization: `Bearer secret-of-${name}` });

/** The scope that a call needs, as its description says; undefined: none. */
export function scopeOf({ operation }: Route): Scope | undefined {
  const [scope] = (operation.security ?? []).flatMap((one) => one.token ?? []);
  return scopes.find((known) => known === scope);
}

/** The widest that is not enough. */
export function narrowerThan(scope: Scope): string {
  return scopes[scopes.indexOf(scope) - 1] ?? 'nothing';
}
