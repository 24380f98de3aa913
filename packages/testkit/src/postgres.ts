import { spawn } from 'node:child_process';
import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { PostgresConnection } from '@millrace/master/store/postgres/connections';
import { findPostgres } from './postgres-binaries.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';

export interface StartedPostgres {
  /** A new, empty database. */
  createDatabase(): Promise<PostgresConnection>;
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
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    await ready(server);
    return new Server(folder, server);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Runs the server until standard input ends, then shuts it down, not waiting for its clients, and removes its folder. */
const keeper = `
  "$0" -D "$1" -k "$2" -c listen_addresses= -c fsync=off -c full_page_writes=off -c max_connections=60 \\
    -c shared_buffers=32MB -c lc_messages=C &
  cat > /dev/null
  kill -INT $!
  wait $!
  rm -rf "$2"
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

  async stop(): Promise<void> {
    if (this.#process.exitCode === null) {
      const ended = once(this.#process, 'exit');
      this.#process.stdin?.end();
      await ended;
    }
    rmSync(this.#folder, { recursive: true, force: true });
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

/** Waits for the server's own word. */
async function ready(server: ChildProcess): Promise<void> {
  let output = '';
  await new Promise<void>((resolve, reject) => {
    server.stderr?.on('data', (bytes: Buffer) => {
      // Read to its end, so that the server never waits for us; kept only until it is ready.
      if (output === 'ready') return;
      output += bytes.toString();
      if (!output.includes('ready to accept connections')) return;
      output = 'ready';
      resolve();
    });
    server.once('exit', () => reject(new Error(`PostgreSQL did not start: ${output}`)));
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
