import { isIP } from 'node:net';
import type { Socket } from 'node:net';
import { checkServerIdentity, getCACertificates } from 'node:tls';
import type { ConnectionOptions, PeerCertificate } from 'node:tls';
import { WebSocket } from 'ws';
import type { ClientOptions } from 'ws';
import type { Clock } from '@millrace/kernel/clock';
import { codeOf, messageOf, MillraceError } from '@millrace/kernel/errors';
import type { Connect } from '@millrace/protocol/agent/connection';
import { messageBytesMax } from '@millrace/protocol/agent/messages';
import { inOneWrite } from '@millrace/protocol/agent/one-write';
import { tlsTrouble } from '@millrace/protocol/tls-trouble';
import { socketConnection } from '@millrace/protocol/agent/socket-connection';

/** What the types of `ws` leave out: https://github.com/websockets/ws/blob/master/doc/ws.md */
interface Options extends ClientOptions {
  generateMask?: (mask: Buffer) => void;
}

/**
 * Where agents connect, by any address of a master that people write: http, https, ws or wss, with or without
 * a path before ours.
 * @throws MillraceError `master-url`
 */
export function agentUrl(master: string): URL {
  const url = URL.parse(master);
  const protocol = url && { 'http:': 'ws:', 'https:': 'wss:', 'ws:': 'ws:', 'wss:': 'wss:' }[url.protocol];
  if (!url || !protocol) {
    throw new MillraceError(
      'master-url',
      `The master's address has to be like http://host:8010 or wss://host, not ${JSON.stringify(master)}.`,
    );
  }
  // A URL does not let its own scheme be changed between http and ws.
  const result = new URL(`${protocol}${url.href.slice(url.protocol.length)}`);
  result.pathname = `${result.pathname.replace(/\/$/, '')}/api/v1/agent`;
  result.search = '';
  result.hash = '';
  return result;
}

/** Whether what is said there can be read on the way: neither TLS nor this machine itself. */
export function readableOnTheWay(url: URL): boolean {
  return url.protocol === 'ws:' && !isLoopback(url.hostname);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || host.startsWith('127.');
}

/** How a master's certificate is judged. It is always judged. */
export interface Trusted {
  /** Authorities beside the usual ones, in PEM; read anew for each connection, since they may be renewed. */
  readonly authorities?: (() => string) | undefined;
  /** The name that the certificate has to be for, where that is not the address's. */
  readonly name?: string | undefined;
}

/** Connects to a master. `token` is the worker's; null where loopback does without. */
export function connectWebSocket(
  url: URL,
  token: string | null,
  clock: Clock,
  trusted: Trusted = {},
): Connect {
  return (events, signal) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(new MillraceError('connect-failed', 'It was given up.'));
        return;
      }
      const options: Options = {
        perMessageDeflate: false,
        maxPayload: messageBytesMax,
        headers: token === null ? {} : { authorization: `Bearer ${token}` },
        handshakeTimeout: handshakeMs,
      };
      try {
        if (url.protocol === 'wss:') Object.assign(options, secured(trusted));
      } catch (cause) {
        reject(new MillraceError('connect-failed', messageOf(cause), { cause }));
        return;
      }
      // Masks keep old proxies from being fooled. Where there is none between, they only cost time: a third of it.
      if (!readableOnTheWay(url)) options.generateMask = () => undefined;
      const socket = new WebSocket(url, options);
      const failed = (cause: Error): void => {
        signal.removeEventListener('abort', aborted);
        socket.on('error', () => undefined);
        socket.terminate();
        const nobody = codeOf(cause) === 'ECONNREFUSED';
        const why = nobody ? `nobody listens at ${url.host}.` : whyFailed(cause, url, clock);
        reject(new MillraceError(nobody ? 'nobody-listens' : 'connect-failed', why, { cause }));
      };
      const aborted = (): void => failed(new Error('it was given up'));
      signal.addEventListener('abort', aborted, { once: true });
      socket.once('error', failed);
      let line: Socket | undefined;
      socket.once('upgrade', (response) => {
        line = response.socket;
      });
      socket.once('open', () => {
        signal.removeEventListener('abort', aborted);
        socket.off('error', failed);
        const connection = socketConnection(socket, events, (ms, act) => void clock.after(ms, act));
        resolve(line === undefined ? connection : inOneWrite(connection, line));
      });
    });
}

const handshakeMs = 30_000;

/**
 * Whatever the environment says, a certificate that is not known is refused. One that is named itself is enough:
 * it need not be an authority's.
 */
function secured({ authorities, name }: Trusted): ConnectionOptions {
  return {
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    ...(authorities && {
      ca: [...getCACertificates('default'), authorities()],
      allowPartialTrustChain: true,
    }),
    ...(name !== undefined && {
      // An address is no name that could be asked for (RFC 6066, section 3).
      ...(isIP(name) === 0 && { servername: name }),
      checkServerIdentity: (_host: string, certificate: PeerCertificate) =>
        checkServerIdentity(name, certificate),
    }),
  };
}

function whyFailed(error: Error, url: URL, clock: Clock): string {
  const trouble = tlsTrouble(error, url.host, clock.now());
  if (trouble !== undefined) return `${trouble}.`;
  const hint =
    url.protocol === 'ws:' && codeOf(error) === 'ECONNRESET'
      ? ' Does it speak TLS? Then call it with https or wss'
      : '';
  return `${url.host}: ${reasonOf(error)}.${hint}`;
}

/** Several addresses of one host that all failed make an error without words of its own. */
function reasonOf(error: Error): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join('; ');
  return error.message;
}
