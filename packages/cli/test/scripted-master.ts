import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Call {
  readonly method: string;
  /** Path and query, without `/api/v1`. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Answers one call; `undefined` leaves the rest to the script (a stream that stays open, a cut). */
export type Script = (call: Call, response: ServerResponse) => unknown;

/** A real HTTP server on loopback that answers as it is told, and keeps every call for the test to read. */
export class ScriptedMaster implements AsyncDisposable {
  readonly calls: Call[] = [];
  readonly #server: Server;
  #script: Script;

  private constructor(server: Server, script: Script) {
    this.#server = server;
    this.#script = script;
    server.on('request', (request, response) => void this.#answer(request, response));
  }

  static async start(script: Script): Promise<ScriptedMaster> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new ScriptedMaster(server, script);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  called(path: string): Call[] {
    return this.calls.filter((call) => call.path === path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const path = (request.url ?? '').replace('/api/v1', '');
    const call = { method: request.method ?? '', path, headers: request.headers, body };
    this.calls.push(call);
    const answer = this.#script(call, response);
    if (answer !== undefined) {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(answer));
    }
  }
}

/** An error as the API tells it. */
export function problem(response: ServerResponse, status: number, code: string, detail: string): void {
  response.writeHead(status, { 'content-type': 'application/problem+json' });
  response.end(JSON.stringify({ type: 'about:blank', title: code, status, code, detail }));
}

/** Begins an event stream and writes these messages; it stays open. */
export function stream(
  response: ServerResponse,
  messages: readonly { id?: string; event?: string; data: unknown }[],
): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(': welcome\n\n');
  for (const { id, event, data } of messages) {
    const head = (event === undefined ? '' : `event: ${event}\n`) + (id === undefined ? '' : `id: ${id}\n`);
    response.write(`${head}data: ${JSON.stringify(data)}\n\n`);
  }
}

/** Cuts the connection once what was written has left, in the middle of a line. */
export function cut(response: ServerResponse, unfinished = ': '): void {
  response.write(unfinished, () => response.socket?.destroy());
}
