import { existsSync } from 'node:fs';
import path from 'node:path';
import type { SendOptions } from '@fastify/send';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Api, ApiParts } from './api.ts';
import { ApiProblem } from './api-problem.ts';
import { sendProblem } from './error-answer.ts';
import { pagesPolicy } from './security-headers.ts';

const yearMs = 365 * 24 * 60 * 60_000;
/** Of a call with `If-Match` and the like, or with a range that the file does not have. */
const conditionFailures: ReadonlySet<number> = new Set([412, 416]);

/**
 * The pages: one document that finds its way by the address, and files whose names tell their content. They
 * may be built after the master has started.
 */
export function pageRoutes(api: Api, { pages }: Pick<ApiParts, 'pages'>): void {
  const root = path.resolve(pages);

  api.get('/*', { config: { access: 'open' }, schema: { hide: true } }, (request, reply) => {
    const file = pathOf(request);
    const isAsset = file.startsWith('/assets/');
    if (isCall(file) || file === '/' || (wantsPage(request) && !isAsset)) return page(request, reply);
    reply.header('content-security-policy', pagesPolicy);
    return sendFile(request, reply, file, { root, immutable: isAsset, maxAge: isAsset ? yearMs : 0 });
  });

  api.setNotFoundHandler((request, reply) => sendProblem(reply, unknownCall(request)));

  /** The document, for whoever shows pages. */
  function page(request: FastifyRequest, reply: FastifyReply): FastifyReply | Promise<FastifyReply> {
    if (!wantsPage(request) || isCall(pathOf(request))) return sendProblem(reply, unknownCall(request));
    reply.header('content-security-policy', pagesPolicy);
    if (existsSync(path.join(pages, 'index.html')))
      return sendFile(request, reply.header('cache-control', 'no-cache'), '/index.html', {
        root,
        cacheControl: false,
      });
    return reply.code(503).type('text/html; charset=utf-8').send(notBuilt);
  }
}

/** A file of the folder, or a part of it, or that it has not changed. `file`: as the address has it. */
async function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  file: string,
  options: SendOptions,
): Promise<FastifyReply> {
  // Loaded with the first page: a start has no use for it.
  const { default: send } = await import('@fastify/send');
  // It decodes what it is given, and no name of ours is encoded.
  const sent = await send(request.raw, encodeURI(file), { ...options, index: false });
  const answers = sent.type === 'file' || conditionFailures.has(sent.statusCode);
  if (answers) return reply.code(sent.statusCode).headers(sent.headers).send(sent.stream);
  if (sent.statusCode >= 500 && sent.type === 'error') return reply.send(sent.metadata.error);
  return sendProblem(reply, unknownCall(request));
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
