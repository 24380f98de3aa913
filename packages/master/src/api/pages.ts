import { access } from 'node:fs/promises';
import path from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Api, ApiParts } from './api.ts';
import { ApiProblem } from './api-problem.ts';
import { sendProblem } from './error-answer.ts';
import { pagesPolicy } from './security-headers.ts';

const yearMs = 365 * 24 * 60 * 60_000;

/**
 * The pages: one document that finds its way by the address, and files whose names tell their content. They
 * may be built after the master has started.
 */
export function pageRoutes(api: Api, { pages }: Pick<ApiParts, 'pages'>): void {
  void api.register(fastifyStatic, { root: path.resolve(pages), serve: false, index: false });

  api.get('/*', { config: { access: 'open' }, schema: { hide: true } }, (request, reply) => {
    const file = pathOf(request);
    if (file === '/' || isCall(file)) return notFound(request, reply);
    const immutable = file.startsWith('/assets/');
    reply.header('content-security-policy', pagesPolicy);
    return reply.sendFile(file, { immutable, maxAge: immutable ? yearMs : 0 });
  });

  api.setNotFoundHandler(notFound);

  async function notFound(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const wantsPage = request.method === 'GET' && (request.headers.accept ?? '').includes('text/html');
    if (!wantsPage || isCall(pathOf(request))) return sendProblem(reply, unknownCall(request));
    reply.header('content-security-policy', pagesPolicy);
    const built = await access(path.join(pages, 'index.html')).then(
      () => true,
      () => false,
    );
    if (built)
      return reply
        .code(200)
        .header('cache-control', 'no-cache')
        .sendFile('index.html', { cacheControl: false });
    return reply.code(503).type('text/html; charset=utf-8').send(notBuilt);
  }
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '/';
}

function isCall(file: string): boolean {
  return file === '/api' || file.startsWith('/api/');
}

function unknownCall(request: FastifyRequest): ApiProblem {
  return new ApiProblem(
    404,
    'unknown-call',
    `There is no call ${request.method} ${pathOf(request)}. /api/v1/openapi.json tells which there are.`,
  );
}

const notBuilt = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>millrace</title>
<h1>The pages are not built yet</h1>
<p>The master runs, and its API answers under <a href="/api/v1/openapi.json">/api/v1</a>.</p>
<p>Build the pages with <code>npm run build</code> in the clone, then load this page again.</p>
</html>
`;
