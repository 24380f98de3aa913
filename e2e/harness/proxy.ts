import net from 'node:net';

/** A line between agents and a master that can be reset, or swallow everything without a word. */
export class Proxy {
  readonly #server: net.Server;
  readonly #pairs = new Set<{ client: net.Socket; target: net.Socket }>();
  #swallows = false;

  private constructor(server: net.Server) {
    this.#server = server;
  }

  static async start(targetPort: number): Promise<Proxy> {
    const server = net.createServer({ allowHalfOpen: true });
    const proxy = new Proxy(server);
    server.on('connection', (client) => proxy.#join(client, targetPort));
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as net.AddressInfo).port;
  }

  /** Every open connection ends with a TCP reset. */
  reset(): void {
    for (const { client, target } of this.#pairs) {
      client.resetAndDestroy();
      target.resetAndDestroy();
    }
  }

  /** Packets vanish both ways, on open connections and on new ones; nobody is told. */
  swallow(on: boolean): void {
    this.#swallows = on;
    // What was swallowed cannot be given back: those connections are of no use any more.
    if (!on) this.reset();
  }

  async close(): Promise<void> {
    this.reset();
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
  }

  #join(client: net.Socket, targetPort: number): void {
    const target = net.connect(targetPort, '127.0.0.1');
    const pair = { client, target };
    this.#pairs.add(pair);
    const end = (): void => {
      this.#pairs.delete(pair);
      client.destroy();
      target.destroy();
    };
    for (const [from, to] of [
      [client, target],
      [target, client],
    ] as const) {
      from.on('data', (bytes: Buffer) => {
        if (this.#swallows) return;
        if (!to.write(bytes)) {
          from.pause();
          to.once('drain', () => from.resume());
        }
      });
      from.on('end', () => {
        if (!this.#swallows) to.end();
      });
      from.on('error', end);
      from.on('close', end);
    }
  }
}
