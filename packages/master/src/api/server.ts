import { fastify } from 'fastify';
import type { FastifyInstance, RawServerDefault } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { ChunkReader } from '../logs/chunk-reader.ts';
import { FirstErrorsReader } from '../logs/first-errors.ts';
import { LogFollower } from '../logs/follow.ts';
import { LogLookers } from '../logs/log-watch.ts';
import { LogWakes } from '../logs/log-wakes.ts';
import { RawLogs } from '../logs/raw-log.ts';
import { LinesReader } from '../logs/read-lines.ts';
import { LogSearch } from '../logs/search-log.ts';
import { guardAccess } from './access.ts';
import { sendLongAnswersAsBytes } from './answer-bytes.ts';
import { answerCompiler } from './answer-writing.ts';
import type { Api, ApiParts } from './api.ts';
import { watchProxies } from './behind-proxy.ts';
import { guardFromBrowsers } from './browser-guard.ts';
import { builderRoutes } from './builders.ts';
import { buildAgainRoutes } from './build-again.ts';
import { buildRoutes } from './builds.ts';
import { buildsetRoutes } from './buildsets.ts';
import { boundClosing } from './closing.ts';
import { changeRoutes } from './changes.ts';
import { allowOtherSites } from './cross-origin.ts';
import { errorAnswer } from './error-answer.ts';
import { EventStreams } from './event-stream.ts';
import { eventRoutes } from './events.ts';
import { generationRoutes } from './generations.ts';
import { healthRoutes } from './health.ts';
import { httpServer } from './http-server.ts';
import { hookRoutes } from './hooks/hook-routes.ts';
import { inputCompiler } from './input-validation.ts';
import { takeJsonBodies } from './json-bodies.ts';
import { logSearchRoutes } from './log-search.ts';
import type { LogRouteParts } from './logs.ts';
import { logRoutes } from './logs.ts';
import { masterRoutes } from './masters.ts';
import { metricRoutes } from './metrics.ts';
import { describeRoutes, openapiRoute } from './openapi.ts';
import { pageRoutes } from './pages.ts';
import { profileRoutes } from './profiles.ts';
import { answerRepeats } from './repeated-calls.ts';
import { repositoryRoutes } from './repositories.ts';
import { requestRoutes } from './requests.ts';
import { retentionRoutes } from './retention.ts';
import { schedulerRoutes } from './schedulers.ts';
import { setSecurityHeaders } from './security-headers.ts';
import { workerHoldRoutes } from './worker-holds.ts';
import { workerRoutes } from './workers.ts';

/** A body of a call that says nothing else. */
const bodyBytesMax = 1024 ** 2;

/**
 * The server of pages and API, not yet listening: `listen`, or `inject` calls into it. `close` ends its event
 * streams and waits for the calls that are under way.
 */
export function createApi(parts: ApiParts): Api {
  const server = fastify({
    bodyLimit: bodyBytesMax,
    serverFactory: (listener) => httpServer(listener, parts.tls ?? null),
    trustProxy: parts.proxies === undefined ? false : [...parts.proxies],
    routerOptions: { maxParamLength: 1_000 },
    frameworkErrors: (error, request, reply) => {
      void errorAnswer(parts.onTrouble)(error, request, reply);
    },
  });
  const api: Api = typed(server);
  api.setValidatorCompiler(inputCompiler);
  api.setSerializerCompiler(answerCompiler);
  api.setErrorHandler(errorAnswer(parts.onTrouble));
  takeJsonBodies(api);
  guardFromBrowsers(api, parts.config);
  watchProxies(api, parts);
  allowOtherSites(api, parts.config);
  guardAccess(api, parts.config, parts.clock);
  setSecurityHeaders(api);
  answerRepeats(api, parts.store, parts.onTrouble);
  sendLongAnswersAsBytes(api);
  addRoutes(api, parts, describeRoutes(api));
  boundClosing(api, parts.clock);
  return api;
}

function addRoutes(api: Api, parts: ApiParts, describe: () => Promise<string>): void {
  const streams = new EventStreams(parts.clock);
  const logs = logParts(api, parts, streams);
  api.addHook('preClose', () => {
    streams.stop();
    return Promise.resolve();
  });
  void api.register(
    (inner, _options, done) => {
      const v1: Api = typed(inner);
      buildRoutes(v1, parts);
      buildAgainRoutes(v1, { store: parts.store, errors: new FirstErrorsReader(logs.chunks) });
      builderRoutes(v1, parts);
      requestRoutes(v1, parts);
      buildsetRoutes(v1, parts);
      changeRoutes(v1, parts);
      repositoryRoutes(v1, parts);
      void v1.register((hooks, _hookOptions, hooksDone) => {
        hookRoutes(typed(hooks), parts);
        hooksDone();
      });
      workerRoutes(v1, parts);
      workerHoldRoutes(v1, parts);
      schedulerRoutes(v1, parts);
      masterRoutes(v1, parts);
      generationRoutes(v1, parts);
      profileRoutes(v1, parts);
      logRoutes(v1, logs);
      logSearchRoutes(v1, { store: logs.store, search: new LogSearch(logs.lines) });
      eventRoutes(v1, parts, streams);
      retentionRoutes(v1, parts);
      openapiRoute(v1, describe);
      done();
    },
    { prefix: '/api/v1' },
  );
  void api.register((inner, _options, done) => {
    const root: Api = typed(inner);
    healthRoutes(root, parts);
    metricRoutes(root, parts, streams);
    done();
  });
  pageRoutes(api, parts);
}

function logParts(api: Api, parts: ApiParts, streams: EventStreams): LogRouteParts {
  const { store, clock } = parts;
  const chunks = new ChunkReader(store);
  const wakes = new LogWakes(store);
  api.addHook('onClose', () => {
    wakes[Symbol.dispose]();
    return Promise.resolve();
  });
  const lookers = new LogLookers(parts.logWatch);
  return {
    store,
    chunks,
    lines: new LinesReader(store, chunks),
    raw: new RawLogs(store, chunks),
    follower: new LogFollower({ chunks, fresh: parts.freshOutput, wakes, lookers, clock }),
    streams,
  };
}

function typed(server: FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse>): Api {
  return server.withTypeProvider<TypeBoxTypeProvider>();
}
