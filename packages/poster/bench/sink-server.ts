/**
 * A server in a process of its own that reads a form and discards it, or stops reading after a megabyte.
 *
 * argv: `http` or `https`, `discard` or `stall`. Prints its port. It looks at no more of the protocol than it must:
 * the head, `Expect`, a length or the last chunk.
 */
import net from 'node:net';
import tls from 'node:tls';
import { testTls } from '../test/tls/test-only.ts';

const [scheme = 'http', mode = 'discard'] = process.argv.slice(2);
const stallAfterBytes = 1_000_000;

function serve(socket: net.Socket): void {
  socket.on('error', () => {});
  let head = '';
  let bodyBytes = 0;
  let wantedBytes: number | undefined;
  socket.on('data', (chunk: Buffer) => {
    let body = chunk;
    if (wantedBytes === undefined) {
      head += chunk.toString('latin1');
      const end = head.indexOf('\r\n\r\n') + 4;
      if (end < 4) return;
      wantedBytes = Number(/content-length: *(\d+)/i.exec(head)?.[1] ?? Infinity);
      if (/expect: *100/i.test(head)) socket.write('HTTP/1.1 100 Continue\r\n\r\n');
      body = chunk.subarray(chunk.length - (head.length - end));
    }
    bodyBytes += body.length;
    if (mode === 'stall' && bodyBytes > stallAfterBytes) socket.pause();
    const lastChunk = wantedBytes === Infinity && body.subarray(-5).toString('latin1') === '0\r\n\r\n';
    if (bodyBytes >= wantedBytes || lastChunk) {
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok');
    }
  });
}

const server =
  scheme === 'https' ? tls.createServer(testTls, serve) : net.createServer({ noDelay: true }, serve);
server.listen(0, '127.0.0.1', () => console.log((server.address() as net.AddressInfo).port));
