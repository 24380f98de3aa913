import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { addressKey, isLoopback } from '../model/address.ts';

/** A certificate with its private key, both in PEM. */
export interface CertificateAndKey {
  readonly cert: string;
  readonly key: string;
}

/** In which a call has to be told, body and all. */
const requestMs = 60_000;
/** In which its headers have to be told: who sends a byte a minute holds a connection, and no more. */
const headersMs = 15_000;
const handshakeMs = 15_000;
/** How long a connection is kept for the next call. */
const idleMs = 72_000;
const headerBytesMax = 16 * 1024;
const headersMax = 100;
const connectionsMax = 20_000;
/** Of one address that is not this machine: many people and a thousand workers may share one. */
const connectionsPerAddressMax = 4_000;
const lookEveryMs = 5_000;

const options = {
  requestTimeout: requestMs,
  headersTimeout: headersMs,
  keepAliveTimeout: idleMs,
  connectionsCheckingInterval: lookEveryMs,
  maxHeaderSize: headerBytesMax,
};

/** The server under pages, API and agents, with its bounds; with a certificate it speaks TLS alone, from 1.2 on. */
export function httpServer(listener: RequestListener, tls: CertificateAndKey | null): Server {
  const server =
    tls === null
      ? createServer(options, listener)
      : createTlsServer({ ...options, ...secured(tls), handshakeTimeout: handshakeMs }, listener);
  server.maxHeadersCount = headersMax;
  server.maxConnections = connectionsMax;
  boundConnections(server, tls === null ? 'connection' : 'secureConnection');
  return server;
}

/** New connections are made with this certificate; those that are open stay. */
export function replaceCertificate(server: Server, tls: CertificateAndKey): void {
  // The type of the server that is handed about is the same for both kinds.
  (server as unknown as TlsServer).setSecureContext(secured(tls));
}

function secured({ cert, key }: CertificateAndKey): CertificateAndKey & { readonly minVersion: 'TLSv1.2' } {
  return { cert, key, minVersion: 'TLSv1.2' };
}

function boundConnections(server: Server, event: 'connection' | 'secureConnection'): void {
  const open = new Map<string, number>();
  server.on(event, (socket: Socket) => {
    if (isLoopback(socket.remoteAddress ?? '')) return;
    const address = addressKey(socket.remoteAddress ?? '');
    const count = (open.get(address) ?? 0) + 1;
    if (count > connectionsPerAddressMax) {
      socket.destroy();
      return;
    }
    open.set(address, count);
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1;
      if (left === 0) open.delete(address);
      else open.set(address, left);
    });
  });
}
