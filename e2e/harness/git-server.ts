import { spawn } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** Serves the repositories in a folder by git's own CGI program, to who knows the name and the password. */
export class GitServer {
  readonly #server: http.Server;
  /** The methods and addresses of what was asked, each with whether a password came with it. */
  readonly asked: string[] = [];

  private constructor(server: http.Server) {
    this.#server = server;
  }

  static async start(
    folder: string,
    login: { readonly username: string; readonly password: string },
  ): Promise<GitServer> {
    const expected = `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`;
    const http_ = http.createServer((request, response) => {
      const { authorization } = request.headers;
      server.asked.push(`${request.method} ${request.url} ${authorization === undefined ? '' : 'password'}`);
      if (authorization !== expected) {
        response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
        return;
      }
      serve(folder, request, response);
    });
    const server = new GitServer(http_);
    http_.listen(0, '127.0.0.1');
    await once(http_, 'listening');
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }
}

function serve(folder: string, request: http.IncomingMessage, response: http.ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const cgi = spawn('git', ['http-backend'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: {
      PATH: process.env['PATH'],
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'safe.directory',
      GIT_CONFIG_VALUE_0: '*',
      GIT_PROTOCOL: request.headers['git-protocol']?.toString() ?? '',
      PATH_INFO: decodeURIComponent(url.pathname),
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method ?? 'GET',
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
    },
  });
  request.pipe(cgi.stdin);
  cgi.stdin.on('error', () => undefined);
  const parts: Buffer[] = [];
  cgi.stdout.on('data', (bytes: Buffer) => parts.push(bytes));
  cgi.on('close', () => {
    const answer = Buffer.concat(parts);
    const end = answer.indexOf('\r\n\r\n');
    for (const line of answer.subarray(0, end).toString().split('\r\n')) {
      const [name = '', value = ''] = line.split(/: (.*)/);
      if (name.toLowerCase() === 'status') response.statusCode = Number(value.slice(0, 3));
      else response.setHeader(name, value);
    }
    response.end(answer.subarray(end + 4));
  });
}
