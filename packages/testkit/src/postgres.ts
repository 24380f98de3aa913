import { spawn } from 'node:child_process';
import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { assert } from '@millrace/kernel/assert';
import type { PostgresConnection } from '@millrace/master/store/postgres/connections';
import { findPostgres } from './postgres-binaries.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';

export interface StartedPostgres extends AsyncDisposable {
  /** A new, empty database. */
  createDatabase(): Promise<PostgresConnection>;
  /** The same, as a URL. */
  createDatabaseUrl(): Promise<string>;
  /** Ends the server at once, connections and all, as a failing machine would. Its databases stay. */
  interrupt(): Promise<void>;
  /** It is there again. */
  resume(): Promise<void>;
  /** Ends the server and removes its folder. */
  stop(): Promise<void>;
}

/** Finds the binaries. `scratch` is a folder where it may leave what it needs. */
export type FindPostgres = (scratch: string) => PostgresBinaries;

/**
 * Starts a PostgreSQL of the test's own, on a socket in a temporary folder, with nothing durable about it. It ends with
 * the test's process, however that ends: its keeper's standard input is closed then.
 *
 * PostgreSQL refuses to run as root: then it is run as `postgres`, or `nobody`.
 */
export async function startPostgres(find: FindPostgres = findPostgres): Promise<StartedPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'mlr-pg-'));
  const as = process.getuid?.() === 0 ? unprivilegedUser() : undefined;
  const options: SpawnOptions = { cwd: folder, ...(as && { uid: as.uid, gid: as.gid }) };
  const own = (): void => {
    chmodSync(folder, 0o700);
    if (as) chownSync(folder, as.uid, as.gid);
  };
  try {
    const binaries = find(folder);
    own();
    const env = { PATH: process.env['PATH'], ...binaries.env };
    const data = join(folder, 'data');
    await finish(
      'initdb',
      spawn(
        join(binaries.folder, 'initdb'),
        ['-D', data, '-U', 'millrace', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
        { ...options, env, stdio: ['ignore', 'pipe', 'pipe'] },
      ),
    );
    const server = spawn('/bin/sh', ['-c', keeper, join(binaries.folder, 'postgres'), data, folder], {
      ...options,
      env,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    await ready(server);
    return new Server(folder, server);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/**
 * Runs the server, and stops and starts it as its standard input says; when that ends, it shuts the server down, not
 * waiting for its clients, and removes its folder.
 */
const keeper = `
  postgres=$0 data=$1 folder=$2 server=
  begin() {
    "$postgres" -D "$data" -k "$folder" -c listen_addresses= -c fsync=off -c full_page_writes=off \\
      -c max_connections=60 -c shared_buffers=32MB -c lc_messages=C &
    server=$!
  }
  end() {
    if [ -n "$server" ]; then kill -INT $server; wait $server; fi
    server=
  }
  begin
  while read -r order; do
    case $order in
      stop) end; echo stopped;;
      start) begin;;
    esac
  done
  end
  rm -rf "$folder"
`;

class Server implements StartedPostgres {
  readonly #folder: string;
  readonly #process: ChildProcess;
  #databases = 0;

  constructor(folder: string, server: ChildProcess) {
    this.#folder = folder;
    this.#process = server;
  }

  async createDatabase(): Promise<PostgresConnection> {
    const database = `test_${++this.#databases}`;
    const client = new pg.Client(this.#connection('postgres'));
    await client.connect();
    try {
      await client.query(`create database ${database}`);
    } finally {
      await client.end();
    }
    return this.#connection(database);
  }

  async createDatabaseUrl(): Promise<string> {
    const { host = '', user = '', database = '' } = await this.createDatabase();
    return `postgres://${user}@/${database}?host=${encodeURIComponent(host)}`;
  }

  async interrupt(): Promise<void> {
    const { stdin, stdout } = this.#process;
    assert(stdin && stdout, 'a server is told what to do');
    const stopped = once(stdout, 'data');
    stdin.write('stop\n');
    await stopped;
  }

  async resume(): Promise<void> {
    const back = ready(this.#process);
    this.#process.stdin?.write('start\n');
    await back;
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode === null) {
      const ended = once(this.#process, 'exit');
      this.#process.stdin?.end();
      await ended;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #connection(database: string): PostgresConnection {
    return { host: this.#folder, user: 'millrace', database };
  }
}

async function finish(what: string, child: ChildProcess): Promise<void> {
  let output = '';
  const collect = (bytes: Buffer): void => {
    output += bytes.toString();
  };
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${what} ended with ${code}: ${output}`);
}

/** Waits for the server's own word. What else it says is read, so that it never waits for us. */
async function ready(server: ChildProcess): Promise<void> {
  let output = '';
  await new Promise<void>((resolve, reject) => {
    const hear = (bytes: Buffer): void => {
      output += bytes.toString();
      if (!output.includes('ready to accept connections')) return;
      server.stderr?.off('data', hear).resume();
      server.off('exit', fail);
      resolve();
    };
    const fail = (): void => reject(new Error(`PostgreSQL did not start: ${output}`));
    server.stderr?.on('data', hear);
    server.once('exit', fail);
    server.once('error', reject);
  });
}

/** A user that is there and is not root. */
function unprivilegedUser(): { readonly uid: number; readonly gid: number } {
  const users = new Map(
    readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
      .map(([name = '', , uid, gid]) => [name, { uid: Number(uid), gid: Number(gid) }]),
  );
  const user = users.get('postgres') ?? users.get('nobody');
  if (!user) throw new Error('PostgreSQL does not run as root, and there is no user "postgres" or "nobody".');
  return user;
}
