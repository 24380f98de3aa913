// What each packed test sends to: a server that counts a form's bytes, or refuses early.
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';

/** A server that answers with the number of bytes it was sent. */
export async function countingServer() {
  const server = http.createServer(async (request, response) => {
    let bytes = 0;
    for await (const chunk of request) bytes += chunk.length;
    response.end(String(bytes));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

/** A server that answers 401 to the head of a request and reads no more. */
export async function refusingServer() {
  const server = net.createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      socket.pause();
      socket.write('HTTP/1.1 401 No\r\nContent-Length: 4\r\n\r\nwho?', () => socket.resetAndDestroy());
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}
