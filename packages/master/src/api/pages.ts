import { existsSync } from 'node:fs';
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
    const isAsset = file.startsWith('/assets/');
    if (isCall(file) || file === '/' || (wantsPage(request) && !isAsset)) return page(request, reply);
    reply.header('content-security-policy', pagesPolicy);
    return reply.sendFile(file, { immutable: isAsset, maxAge: isAsset ? yearMs : 0 });
  });

  api.setNotFoundHandler((request, reply) => sendProblem(reply, unknownCall(request)));

  /** The document, for whoever shows pages. */
  function page(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    if (!wantsPage(request) || isCall(pathOf(request))) return sendProblem(reply, unknownCall(request));
    reply.header('content-security-policy', pagesPolicy);
    if (existsSync(path.join(pages, 'index.html')))
      return reply.header('cache-control', 'no-cache').sendFile('index.html', { cacheControl: false });
    return reply.code(503).type('text/html; charset=utf-8').send(notBuilt);
  }
}

function wantsPage(request: FastifyRequest): boolean {
  return request.method === 'GET' && (request.headers.accept ?? '').includes('text/html');
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
