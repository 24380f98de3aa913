import net from 'node:net';

export interface Answered {
  readonly status: number;
  readonly body: Buffer;
}

/** One connection to a server on loopback, for calls one after the other: less work for this process than fetch. */
export class HttpLane implements Disposable {
  readonly #port: number;
  #socket: net.Socket;
  #received: Buffer[] = [];
  /** Bytes of the answer that is coming, head and all, once its head has told them. */
  #wanted: number | undefined;
  #waiting: { resolve: (answered: Answered) => void; reject: (error: Error) => void } | undefined;

  constructor(port: number) {
    this.#port = port;
    this.#socket = this.#connect();
  }

  /** @throws Error for any status but 2xx. */
  async get<Answer>(route: string): Promise<Answer> {
    return JSON.parse((await this.#call('GET', route, '')).toString()) as Answer;
  }

  async post<Answer>(route: string, body: unknown = {}): Promise<Answer> {
    return JSON.parse((await this.#call('POST', route, JSON.stringify(body))).toString()) as Answer;
  }

  /** The bytes of an answer, unread. */
  bytes(route: string): Promise<Buffer> {
    return this.#call('GET', route, '');
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  #connect(): net.Socket {
    const socket = net.connect({ port: this.#port, host: '127.0.0.1', noDelay: true });
    socket.on('data', (bytes) => this.#take(bytes));
    socket.on('error', (error) => this.#waiting?.reject(error));
    socket.on('close', () => this.#waiting?.reject(new Error('The master closed the connection.')));
    return socket;
  }

  async #call(method: string, route: string, body: string): Promise<Buffer> {
    // A server closes connections that have been idle for a minute or so: what is written to one comes to nothing.
    if (this.#socket.destroyed || this.#socket.readableEnded) this.#socket = this.#connect();
    const { status, body: answer } = await new Promise<Answered>((resolve, reject) => {
      this.#waiting = { resolve, reject };
      const type =
        method === 'POST'
          ? `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n`
          : '';
      this.#socket.write(`${method} /api/v1${route} HTTP/1.1\r\nhost: 127.0.0.1\r\n${type}\r\n${body}`);
    });
    if (status < 200 || status > 299) throw new Error(`${method} ${route}: ${status} ${answer.toString()}`);
    return answer;
  }

  /** Put together once: an answer of megabytes comes in many pieces. */
  #take(bytes: Buffer): void {
    this.#received.push(bytes);
    this.#wanted ??= bytesOf(Buffer.concat(this.#received));
    const count = this.#received.reduce((sum, { length }) => sum + length, 0);
    if (this.#wanted === undefined || count < this.#wanted) return;
    const whole = Buffer.concat(this.#received);
    this.#received = [];
    this.#wanted = undefined;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve({
      status: Number(whole.toString('latin1', 9, 12)),
      body: whole.subarray(whole.indexOf(headEnd) + headEnd.length),
    });
  }
}

const headEnd = '\r\n\r\n';

/** How long an answer is with its head; undefined while its head has not all come. */
function bytesOf(received: Buffer): number | undefined {
  const end = received.indexOf(headEnd);
  if (end < 0) return undefined;
  const head = received.toString('latin1', 0, end);
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  if (length === undefined) throw new Error(`An answer without a length: ${head}`);
  return end + headEnd.length + Number(length);
}
