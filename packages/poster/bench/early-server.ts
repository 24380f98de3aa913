/**
 * A server that answers early and badly, in a process of its own, for the stress runs.
 *
 * argv: `http` or `https`, and the behaviour. Prints its port.
 */
import net from 'node:net';
import tls from 'node:tls';
import { testTls } from '../test/tls/test-only.ts';

const [scheme = 'http', behaviour = ''] = process.argv.slice(2);

function answer(status: number, headers = '', body = 'why'): string {
  return `HTTP/1.1 ${status} Early\r\nContent-Length: ${body.length}\r\n${headers}\r\n${body}`;
}

/** Reads `bytes` of a request, then calls back, and reads no more. */
function afterReading(socket: net.Socket, bytes: number, then: () => void): void {
  let seen = 0;
  const take = (chunk: Buffer): void => {
    seen += chunk.length;
    if (seen < bytes) return;
    socket.off('data', take);
    socket.pause();
    then();
  };
  socket.on('data', take);
}

function serve(socket: net.Socket, raw: net.Socket): void {
  socket.on('error', () => {});
  const reset = (): void => void raw.resetAndDestroy();
  switch (behaviour) {
    case '401-then-reset':
      return afterReading(socket, 1, () => socket.write(answer(401), reset));
    case '413-after-20MB-then-reset':
      return afterReading(socket, 20_000_000, () => socket.write(answer(413), reset));
    case 'answer-and-stay-open':
      return afterReading(socket, 1_000_000, () => socket.write(answer(403)));
    case '307-in-the-middle':
      return redirectOnce(socket, reset);
    default:
      throw new Error(`no behaviour "${behaviour}"`);
  }
}

/** The first request is redirected in the middle of its body; the one that follows is read whole. */
function redirectOnce(socket: net.Socket, reset: () => void): void {
  let head = '';
  const read = (chunk: Buffer): void => {
    head += chunk.toString('latin1');
    if (!head.includes('\r\n\r\n')) return;
    socket.off('data', read);
    if (!head.startsWith('POST /next ')) {
      afterReading(socket, 5_000_000, () => socket.write(answer(307, 'Location: /next\r\n'), reset));
      return;
    }
    const headBytes = head.indexOf('\r\n\r\n') + 4;
    const wanted = Number(/content-length: (\d+)/i.exec(head)?.[1]) - (head.length - headBytes);
    afterReading(socket, wanted, () => socket.end(answer(200)));
  };
  socket.on('data', read);
}

// As Node's own HTTP servers have it. With Nagle's algorithm an answer may wait for the acknowledgement of the TLS
// session tickets, and a reset then throws it away on this side: it never was on the wire.
const server = net.createServer({ noDelay: true }, (raw) => {
  raw.on('error', () => {});
  serve(scheme === 'https' ? new tls.TLSSocket(raw, { isServer: true, ...testTls }) : raw, raw);
});
server.listen(0, '127.0.0.1', () => console.log((server.address() as net.AddressInfo).port));
