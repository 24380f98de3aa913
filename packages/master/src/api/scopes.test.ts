import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ApiScene } from '@millrace/testkit/api-scene';
import { scopes } from '../config/access-config.ts';
import type { Scope, TokenConfig } from '../config/access-config.ts';

/*
 * Every route of the description with every token: what a route needs stands in the description (`security`), so
 * that a route that is added is looked at here without being named.
 */

interface Operation {
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
}

/** What everybody may call. A hook is let in by its signature. */
const open = /^\/(?:healthz|readyz|api\/v1\/(?:openapi\.json|hooks\/.*))$/u;

const token = (name: string, held: readonly Scope[]): TokenConfig => ({
  name,
  hashes: [{ hash: `sha256:${createHash('sha256').update(name).digest('hex')}`, expiresAt: null }],
  scopes: held,
});

let scene: ApiScene;
let routes: readonly { readonly method: string; readonly path: string; readonly needs: Scope | null }[];
beforeAll(async () => {
  scene = new ApiScene({ config: { tokens: scopes.map((scope) => token(scope, [scope])) } });
  const { paths } = (await scene.get('/openapi.json')).body as {
    paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  };
  routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security }]) => ({
      method: method.toUpperCase(),
      path,
      needs: (security.flatMap((one) => one.token ?? [])[0] ?? null) as Scope | null,
    })),
  );
});
afterAll(() => scene[Symbol.asyncDispose]());

/** A call that the route's own checks refuse after its access was granted: no body, and nothing is there. */
async function statusOf(method: string, path: string, authorization?: string): Promise<number> {
  const answer = await scene.api.inject({
    method: method as 'GET',
    url: path.replaceAll(/\{[^}]+\}/gu, '999999'),
    headers: {
      // A stream is cut by this: a cursor that is none.
      'last-event-id': '?',
      ...(method !== 'GET' && { 'content-type': 'application/json' }),
      ...(authorization !== undefined && { authorization }),
    },
    ...(method !== 'GET' && { payload: '{"no such field":1}' }),
  });
  return answer.statusCode;
}

describe('scopes', () => {
  test('each route lets in who holds its scope or a wider one, and nobody else', async () => {
    expect(routes.length).toBeGreaterThan(20);
    for (const { method, path, needs } of routes) {
      const route = `${method} ${path}`;
      // Guesses are slowed.
      await scene.clock.advance(10_000);
      const nobody = await statusOf(method, path);
      const stranger = await statusOf(method, path, 'Bearer stranger');
      if (needs === null) {
        // A hook is refused for its signature.
        if (!path.includes('/hooks/')) expect([nobody, stranger], route).not.toContain(401);
        continue;
      }
      expect([nobody, stranger], route).toEqual([401, 401]);
      for (const held of scopes) {
        const status = await statusOf(method, path, `Bearer ${held}`);
        const reaches = scopes.indexOf(held) >= scopes.indexOf(needs);
        if (reaches) expect([401, 403], `${route} with ${held}`).not.toContain(status);
        else expect(status, `${route} with ${held}`).toBe(403);
      }
    }
  });

  test('what changes anything needs more than reading, and only health, hooks and the description are open', () => {
    for (const { method, path, needs } of routes) {
      const route = `${method} ${path}`;
      expect(needs === null, route).toBe(open.test(path));
      if (method !== 'GET' && needs !== null) expect(['write', 'admin'], route).toContain(needs);
      if (method === 'GET' && needs !== null) expect(needs, route).toBe('read');
    }
  });
});
