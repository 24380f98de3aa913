import net from 'node:net';

export interface Answered {
  readonly status: number;
  readonly body: Buffer;
}

/** One connection to a server on loopback, for calls one after the other: less work for this process than fetch. */
export class HttpLane implements Disposable {
  readonly #socket: net.Socket;
  #received: Buffer = Buffer.alloc(0);
  #waiting: { resolve: (answered: Answered) => void; reject: (error: Error) => void } | undefined;

  constructor(port: number) {
    this.#socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('data', (bytes) => this.#take(bytes));
    this.#socket.on('error', (error) => this.#waiting?.reject(error));
    this.#socket.on('close', () => this.#waiting?.reject(new Error('The master closed the connection.')));
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

  async #call(method: string, route: string, body: string): Promise<Buffer> {
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

  #take(bytes: Buffer): void {
    this.#received = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes]);
    const answered = readAnswer(this.#received);
    if (answered === undefined) return;
    this.#received = Buffer.alloc(0);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve(answered);
  }
}

/** An answer of which the length is told; undefined while it has not all come. */
function readAnswer(received: Buffer): Answered | undefined {
  const end = received.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const head = received.toString('latin1', 0, end);
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  if (length === undefined) throw new Error(`An answer without a length: ${head}`);
  const from = end + 4;
  if (received.length < from + Number(length)) return undefined;
  return { status: Number(head.slice(9, 12)), body: received.subarray(from, from + Number(length)) };
}
