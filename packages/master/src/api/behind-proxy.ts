import { MillraceError } from '@millrace/kernel/errors';
import type { Api, ApiParts } from './api.ts';

/**
 * Tells whoever runs the master of tokens that were sent to a proxy without TLS: they were readable on the way,
 * whatever comes from the proxy on. (Whom a proxy speaks for is `trustProxy`'s business.)
 */
export function watchProxies(
  api: Api,
  { proxies, onTrouble }: Pick<ApiParts, 'proxies' | 'onTrouble'>,
): void {
  if (proxies === undefined) return;
  api.addHook('onRequest', async (request) => {
    if (request.headers.authorization === undefined || request.protocol !== 'http') return;
    if (request.headers['x-forwarded-for'] === undefined) return;
    onTrouble(
      new MillraceError(
        'token-in-the-clear',
        'A token came through a proxy that was called without TLS, or that does not say so: have it speak https alone, and send X-Forwarded-Proto.',
      ),
      request.routeOptions.url ?? '',
    );
  });
}
