import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Clock } from '@millrace/kernel/clock';
import type { Connection, ConnectionEvents } from '@millrace/protocol/agent/connection';
import { messageBytesMax } from '@millrace/protocol/agent/messages';
import { inOneWrite } from '@millrace/protocol/agent/one-write';
import { socketConnection } from '@millrace/protocol/agent/socket-connection';
import { isLoopback } from '../model/address.ts';
import type { Credentials } from './authenticate.ts';
import { readTogether } from './read-together.ts';
import { freeSpentReads } from './spent-reads.ts';
import { Strangers } from './strangers.ts';

const agentPath = '/api/v1/agent';

/** Who takes the connections: {@link AgentSessions}. */
export interface AgentDoor {
  accept(connection: Connection, credentials: Credentials): ConnectionEvents;
  /** Whether some worker may come with these. */
  knows(credentials: Credentials): boolean;
}

/**
 * Lets agents in at {@link agentPath} of a server that also serves pages and the API. Returns the way to stop
 * listening; the connections are the door's.
 *
 * A request with an `Origin` comes from a page in a browser, which has no business here and could otherwise
 * use the trust that loopback enjoys: it is refused.
 */
export function attachAgents(server: Server, door: AgentDoor, clock: Clock): () => void {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: messageBytesMax,
    perMessageDeflate: false,
    clientTracking: false,
  });
  const strangers = new Strangers(clock);
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const path = (request.url ?? '').split('?', 1)[0];
    if (path !== agentPath) {
      if (server.listenerCount('upgrade') === 1) refuse(socket, '404 Not Found');
      return;
    }
    if (request.headers.origin !== undefined) {
      refuse(socket, '403 Forbidden');
      return;
    }
    const credentials = credentialsOf(request);
    // Those who are let in may all come at once, from one address, after a master's restart.
    if (!door.knows(credentials) && !strangers.admit(request.socket)) {
      refuse(socket, '429 Too Many Requests');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      // The door answers with the events that the connection is made with: they meet in this variable.
      let events: ConnectionEvents | undefined;
      const connection = socketConnection(
        webSocket,
        {
          onMessage: (message) => events?.onMessage(message),
          onDrain: () => events?.onDrain(),
          onClose: (why) => events?.onClose(why),
        },
        (ms, act) => void clock.after(ms, act),
      );
      const told = door.accept(inOneWrite(connection, socket), credentials);
      events = readTogether(told, (act) => void clock.after(0, act));
      freeSpentReads(socket, webSocket);
    });
  };
  server.on('upgrade', onUpgrade);
  return () => {
    server.off('upgrade', onUpgrade);
    sockets.close();
  };
}

function credentialsOf(request: IncomingMessage): Credentials {
  const [, token] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
  // Behind a proxy on this machine everybody seems to come from loopback.
  const proxied = 'x-forwarded-for' in request.headers || 'forwarded' in request.headers;
  return { token: token ?? null, loopback: !proxied && isLoopback(request.socket.remoteAddress ?? '') };
}

function refuse(socket: Duplex, status: string): void {
  socket.on('error', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nRetry-After: 10\r\nContent-Length: 0\r\n\r\n`);
}
