import http from 'node:http';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import type { Clock } from '../clock.ts';
import { PosterError } from '../errors.ts';
import { basicCredentials, urlHost, urlPort } from './address.ts';

/** Where a connection goes, and how. */
interface Route {
  readonly url: URL;
  readonly proxy: URL | undefined;
  readonly tls: tls.ConnectionOptions;
  readonly connectMs: number;
  readonly signal: AbortSignal | undefined;
  readonly clock: Clock;
}

/**
 * Opens a connection to a URL's server, through the proxy if there is one: to a plain server a proxy passes
 * the request on, to a TLS one it gives a tunnel (CONNECT), so that it sees nothing of the form.
 *
 * Throws a `PosterError` with `ERR_POSTER_CONNECT`, `_TLS` or `_PROXY`, or the signal's reason. Nothing is
 * left open then.
 */
export async function connect(route: Route): Promise<Duplex> {
  const limit = new AbortController();
  const stopTimer = route.clock.after(route.connectMs, () =>
    limit.abort(new PosterError('ERR_POSTER_CONNECT', `no connection within ${route.connectMs} ms`)),
  );
  const signal = route.signal === undefined ? limit.signal : AbortSignal.any([route.signal, limit.signal]);
  try {
    const first = route.proxy ?? route.url;
    let connection: Duplex = await dial(first, signal);
    if (first.protocol === 'https:') connection = await secure(connection, first, route.tls, signal);
    if (route.proxy !== undefined && route.url.protocol === 'https:') {
      await tunnel(connection, route.url, route.proxy, signal);
      connection = await secure(connection, route.url, route.tls, signal);
    }
    return connection;
  } finally {
    stopTimer();
  }
}

async function dial(url: URL, signal: AbortSignal): Promise<net.Socket> {
  const socket = net.connect({ host: urlHost(url), port: urlPort(url), noDelay: true });
  await ready(socket, 'connect', signal, (cause) => {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'no reason given';
    return new PosterError('ERR_POSTER_CONNECT', `cannot connect to ${url.host} (${reason})`, { cause });
  });
  return socket;
}

async function secure(
  plain: Duplex,
  url: URL,
  options: tls.ConnectionOptions,
  signal: AbortSignal,
): Promise<tls.TLSSocket> {
  const host = urlHost(url);
  const socket = tls.connect({
    ALPNProtocols: ['http/1.1'],
    // Server names in a handshake are names only (RFC 6066, 3); an address is checked against `host`.
    ...(net.isIP(host) === 0 ? { servername: host } : {}),
    ...options,
    host,
    socket: plain,
  });
  try {
    await ready(socket, 'secureConnect', signal, (cause) => {
      const reason = cause instanceof Error ? cause.message : 'the connection was closed';
      return new PosterError('ERR_POSTER_TLS', `no secure connection to ${url.host}: ${reason}`, { cause });
    });
  } catch (error) {
    plain.destroy();
    throw error;
  }
  return socket;
}

async function tunnel(connection: Duplex, url: URL, proxy: URL, signal: AbortSignal): Promise<void> {
  const target = `${url.hostname}:${urlPort(url)}`;
  const credentials = basicCredentials(proxy);
  const request = http.request({
    createConnection: () => connection,
    method: 'CONNECT',
    path: target,
    headers: {
      Host: target,
      ...(credentials === undefined ? {} : { 'Proxy-Authorization': credentials }),
    },
  });
  const refused = (why: string, cause?: unknown): PosterError =>
    new PosterError('ERR_POSTER_PROXY', `the proxy ${proxy.host} gave no way to ${target}: ${why}`, {
      cause,
    });
  try {
    await new Promise<void>((resolve, reject) => {
      const abort = (): void => reject(signal.reason as Error);
      signal.addEventListener('abort', abort, { once: true });
      request.once('connect', (response, _socket, head) => {
        signal.removeEventListener('abort', abort);
        const status = response.statusCode ?? 0;
        if (status < 200 || status > 299) reject(refused(`it answered ${status}`));
        else if (head.length > 0) reject(refused('the server spoke before it was asked'));
        else resolve();
      });
      request.on('error', (cause) => {
        signal.removeEventListener('abort', abort);
        reject(refused('the connection was lost', cause));
      });
      request.end();
    });
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

/** Waits for a socket to be of use. When it fails, or the signal ends it, it is destroyed. */
function ready(
  socket: net.Socket,
  event: 'connect' | 'secureConnect',
  signal: AbortSignal,
  asError: (cause: unknown) => PosterError,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void): void => {
      signal.removeEventListener('abort', abort);
      socket.removeListener(event, succeed);
      socket.removeListener('close', close);
      settle();
    };
    const fail = (error: Error): void =>
      finish(() => {
        socket.destroy();
        reject(error);
      });
    const abort = (): void => fail(signal.reason as Error);
    const succeed = (): void =>
      finish(() => {
        socket.removeListener('error', failed);
        resolve();
      });
    const failed = (cause: unknown): void => fail(asError(cause));
    const close = (): void => fail(asError(undefined));
    socket.once(event, succeed);
    // Left on after a failure: a socket may report a second error, which nobody waits for.
    socket.on('error', failed);
    socket.once('close', close);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}
