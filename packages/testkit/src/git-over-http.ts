import { spawn } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import process from 'node:process';

/**
 * Repositories of a folder over HTTP with a name and a password, by git's own server program. `requests` has each
 * call's address, `authorizations` what each showed.
 */
export class GitOverHttp implements AsyncDisposable {
  readonly requests: string[] = [];
  readonly authorizations: (string | undefined)[] = [];
  readonly #server: http.Server;

  private constructor(server: http.Server) {
    this.#server = server;
  }

  static async start(folder: string, login: string): Promise<GitOverHttp> {
    const server = http.createServer((request, response) => {
      const { authorization } = request.headers;
      started.requests.push(request.url ?? '');
      started.authorizations.push(authorization);
      if (authorization !== `Basic ${Buffer.from(login).toString('base64')}`) {
        response.writeHead(401, { 'www-authenticate': 'Basic realm="a test"' }).end('who is it?');
        return;
      }
      serve(folder, request, response);
    });
    const started = new GitOverHttp(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return started;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** One call by CGI: `git http-backend` reads the request's body and prints headers, an empty line and the answer. */
function serve(folder: string, request: http.IncomingMessage, response: http.ServerResponse): void {
  const { pathname, search } = new URL(request.url ?? '/', 'http://localhost');
  const child = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env.PATH,
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      PATH_INFO: pathname,
      QUERY_STRING: search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers['content-type'],
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'],
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.on('error', () => {});
  request.pipe(child.stdin);
  const parts: Buffer[] = [];
  child.stdout.on('data', (bytes: Buffer) => parts.push(bytes));
  child.on('close', () => {
    const all = Buffer.concat(parts);
    const end = all.indexOf('\r\n\r\n');
    const headers = all
      .subarray(0, Math.max(0, end))
      .toString('latin1')
      .split('\r\n')
      .map((line) => /^([^:]+): *(.*)$/.exec(line)?.slice(1) ?? []);
    for (const [name, value] of headers)
      if (name === 'Status') response.statusCode = Number.parseInt(value ?? '', 10);
      else if (name !== undefined) response.setHeader(name, value ?? '');
    response.end(all.subarray(end + 4));
  });
}
