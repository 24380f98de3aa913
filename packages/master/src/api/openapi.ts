import { fastify } from 'fastify';
import type { RouteOptions } from 'fastify';
import Type from 'typebox';
import { scopeOf } from './access.ts';
import type { Access } from './access.ts';
import { answers } from './answers.ts';
import type { Api } from './api.ts';
import { namedSchemas } from './named-schemas.ts';
import { version } from '../version.ts';
import { emptyBody } from './route-params.ts';

/** What the description of a route is made of. */
type DescribedRoute = Pick<RouteOptions, 'method' | 'url' | 'schema' | 'config'>;

/**
 * Remembers the routes of the API for their description; call it before they are added. What is answered makes that
 * description, as JSON, when it is first asked for: a start has no use for it, and what makes it (a parser of YAML is
 * among it) is a sixth of the master's code.
 */
export function describeRoutes(api: Api): () => Promise<string> {
  const routes: DescribedRoute[] = [];
  api.addHook('onRoute', ({ method, url, schema, config }) => {
    // Each GET brings one, and says all of it.
    if (method !== 'HEAD') routes.push({ method, url, ...(schema && { schema }), ...(config && { config }) });
  });
  let described: Promise<string> | undefined;
  return () => (described ??= descriptionOf(routes));
}

/** By a server that has the routes and answers no calls: `@fastify/swagger` describes what is added beside it. */
async function descriptionOf(routes: readonly DescribedRoute[]): Promise<string> {
  const { default: swagger } = await import('@fastify/swagger');
  const server = fastify({ exposeHeadRoutes: false });
  // Nothing is checked or written here.
  server.setValidatorCompiler(() => () => true);
  server.setSerializerCompiler(() => String);
  await server.register(swagger, {
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
  for (const route of routes) server.route({ ...route, handler: () => undefined });
  await server.ready();
  const text = JSON.stringify(server.swagger());
  await server.close();
  return text;
}

/** The scope that a call needs; with `{}` beside it, the config may let in who has no token too. */
function securityOf(access: Access | undefined): readonly Readonly<Record<string, string[]>>[] {
  const scope = scopeOf(access ?? 'open');
  if (scope === null) return [];
  return access === 'public' ? [{ token: [scope] }, {}] : [{ token: [scope] }];
}

/** `/api/v1/openapi.json`: what this program makes of its own routes. */
export function openapiRoute(api: Api, describe: () => Promise<string>): void {
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
    async (_request, reply) => reply.type('application/json; charset=utf-8').send(await describe()),
  );
}
