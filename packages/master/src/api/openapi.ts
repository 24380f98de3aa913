import swagger from '@fastify/swagger';
import Type from 'typebox';
import { scopeOf } from './access.ts';
import type { Access } from './access.ts';
import { answers } from './answers.ts';
import type { Api } from './api.ts';
import { namedSchemas } from './named-schemas.ts';
import { version } from '../version.ts';
import { emptyBody } from './route-params.ts';

/** Makes the description of the API out of its routes; call it before they are added. */
export function describeRoutes(api: Api): void {
  void api.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'millrace',
        // Of millrace, by which `millrace doctor` tells that two machines have different ones.
        version,
        description:
          'Lists answer `{ items, nextCursor }`, newest first. Errors are problems (RFC 9457). Times are milliseconds since 1970.',
      },
      components: {
        securitySchemes: {
          token: {
            type: 'http',
            scheme: 'bearer',
            description: 'Made by `millrace token`, named in the config',
          },
        },
      },
      security: [],
    },
    transform: ({ schema, url, route }) => ({
      schema: { ...schema, security: securityOf(route.config?.access) },
      url,
    }),
    transformObject: (document) => ('openapiObject' in document ? namedSchemas(document.openapiObject) : {}),
  });
}

/** The scope that a call needs; with `{}` beside it, the config may let in who has no token too. */
function securityOf(access: Access | undefined): readonly Readonly<Record<string, string[]>>[] {
  const scope = scopeOf(access ?? 'open');
  if (scope === null) return [];
  return access === 'public' ? [{ token: [scope] }, {}] : [{ token: [scope] }];
}

/** `/api/v1/openapi.json`: what this program makes of its own routes. */
export function openapiRoute(api: Api): void {
  api.get(
    '/openapi.json',
    {
      config: { access: 'open' },
      schema: {
        tags: ['operation'],
        summary: 'This description',
        description: 'OpenAPI 3.1, made of the routes as they are served.',
        querystring: emptyBody,
        response: answers({ 200: Type.Unknown({ description: 'The description' }) }),
      },
    },
    async (_request, reply) =>
      reply.type('application/json; charset=utf-8').send(JSON.stringify(api.swagger())),
  );
}
