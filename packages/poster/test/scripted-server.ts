import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import { testTls } from './tls/test-only.ts';

/** One connection to a scripted server. It reads only when the script says so. */
export class ScriptedConnection {
  readonly socket: net.Socket;
  readonly #raw: net.Socket;
  #chunks: Buffer[] = [];
  #receivedBytes = 0;
  #over = false;
  #stirred = Promise.withResolvers<void>();

  /** `raw` is the socket under a TLS one, or the same. */
  constructor(socket: net.Socket, raw: net.Socket) {
    this.socket = socket;
    this.#raw = raw;
    const stir = (): void => this.#stirred.resolve();
    const end = (): void => {
      this.#over = true;
      stir();
    };
    socket.on('error', () => {});
    socket.on('readable', stir);
    socket.once('close', end);
    socket.once('end', end);
  }

  /** What was read so far, as Latin-1. */
  get received(): string {
    this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0]?.toString('latin1') ?? '';
  }

  /** Reads until the pattern was seen, and gives what it matched. */
  async readUntil(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.received);
      if (match !== null) return match;
      await this.#readSome(`${pattern}`);
    }
  }

  /** Reads at least so many bytes. */
  async readBytes(count: number): Promise<void> {
    while (this.#receivedBytes < count) await this.#readSome(`${count} bytes`);
  }

  /** Reads a request's head and a body of its Content-Length. Gives the body. */
  async readRequest(): Promise<string> {
    const head = await this.readUntil(/^.*?\r\n\r\n/s);
    const length = Number(/content-length: (\d+)/i.exec(head[0])?.[1] ?? 0);
    await this.readBytes(head[0].length + length);
    return this.received.slice(head[0].length);
  }

  async say(text: string): Promise<void> {
    await new Promise<void>((resolve) => this.socket.write(text, 'latin1', () => resolve()));
  }

  /** Sends a whole answer. */
  answer(status: number, body = '', headers: Record<string, string> = {}): Promise<void> {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    return this.say(
      `HTTP/1.1 ${status} Scripted\r\nContent-Length: ${body.length}\r\n${lines.join('')}\r\n${body}`,
    );
  }

  /** Closes with a reset. TLS has none, so it is the socket under it that is reset. */
  reset(): void {
    this.#raw.resetAndDestroy();
  }

  end(): void {
    this.socket.end();
  }

  /** Waits until the other side is gone, reading what still comes. */
  async untilClosed(): Promise<void> {
    this.socket.removeAllListeners('readable');
    this.socket.resume();
    if (!this.socket.closed) await once(this.socket, 'close');
  }

  async #readSome(wanted: string): Promise<void> {
    for (;;) {
      this.#stirred = Promise.withResolvers();
      const chunk: unknown = this.socket.read();
      if (chunk instanceof Buffer) {
        this.#chunks.push(chunk);
        this.#receivedBytes += chunk.length;
        return;
      }
      if (this.#over) throw new Error(`the connection ended before ${wanted} came`);
      await this.#stirred.promise;
    }
  }
}

/** A server on loopback that does, connection by connection, what the test awaits. */
export class ScriptedServer {
  readonly url: string;
  readonly #server: net.Server;
  readonly #sockets = new Set<net.Socket>();
  readonly #arrived: ScriptedConnection[] = [];
  readonly #waiting: ((connection: ScriptedConnection) => void)[] = [];

  private constructor(server: net.Server, scheme: string) {
    this.#server = server;
    const { port } = server.address() as net.AddressInfo;
    this.url = `${scheme}://127.0.0.1:${port}/`;
    server.on('connection', (socket: net.Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    server.on('connection', (raw: net.Socket) => {
      if (scheme === 'http') return this.#arrive(new ScriptedConnection(raw, raw));
      const socket = new tls.TLSSocket(raw, { isServer: true, ...testTls });
      // A client that rejects the certificate is a case, not a fault.
      socket.on('error', () => {});
      socket.once('secure', () => this.#arrive(new ScriptedConnection(socket, raw)));
    });
  }

  #arrive(connection: ScriptedConnection): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#arrived.push(connection);
    else waiting(connection);
  }

  static async listen(scheme: 'http' | 'https'): Promise<ScriptedServer> {
    const server = net.createServer({ noDelay: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new ScriptedServer(server, scheme);
  }

  /** The next connection. */
  accept(): Promise<ScriptedConnection> {
    const connection = this.#arrived.shift();
    if (connection !== undefined) return Promise.resolve(connection);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
