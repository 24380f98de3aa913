import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { freePort } from './free-port.ts';
import { until } from './until.ts';

const sshd = '/usr/sbin/sshd';

/** A real ssh server on loopback, for whoever runs the tests, and for the keys that it is told to let in. */
export class SshServer implements AsyncDisposable {
  readonly port: number;
  readonly user = os.userInfo().username;
  readonly #folder: string;
  readonly #child: ChildProcess;

  private constructor(folder: string, port: number, child: ChildProcess) {
    this.#folder = folder;
    this.port = port;
    this.#child = child;
  }

  static async start(folder: string): Promise<SshServer> {
    fs.mkdirSync(folder, { recursive: true });
    const port = await freePort();
    const hostKey = path.join(folder, 'host-key');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', hostKey]);
    fs.writeFileSync(
      path.join(folder, 'config'),
      [
        `Port ${port}`,
        'ListenAddress 127.0.0.1',
        `HostKey ${hostKey}`,
        `AuthorizedKeysFile ${path.join(folder, 'authorized-keys')}`,
        'StrictModes no',
        'UsePAM no',
        'PidFile none',
        'PasswordAuthentication no',
        'KbdInteractiveAuthentication no',
        'PermitRootLogin prohibit-password',
        '',
      ].join('\n'),
    );
    // Where it gives up its rights to; a server that is not root has none to give up.
    if (process.getuid?.() === 0) fs.mkdirSync('/run/sshd', { recursive: true });
    const log = fs.openSync(path.join(folder, 'log'), 'a');
    const child = spawn(sshd, ['-D', '-e', '-f', path.join(folder, 'config')], {
      stdio: ['ignore', log, log],
    });
    fs.closeSync(log);
    const server = new SshServer(folder, port, child);
    await until('the ssh server listens', () => server.#listens());
    return server;
  }

  /** Lets the owner of a key in. */
  letIn(publicKeyFile: string): void {
    fs.appendFileSync(path.join(this.#folder, 'authorized-keys'), fs.readFileSync(publicKeyFile));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const exit = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await exit;
  }

  #listens(): Promise<boolean> {
    if (this.#child.exitCode !== null)
      throw new Error(`sshd ended: ${fs.readFileSync(path.join(this.#folder, 'log'), 'utf8')}`);
    return new Promise((resolve) => {
      const socket = net.connect(this.port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', () => resolve(false));
    });
  }
}
