import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../../e2e/harness/free-port.ts';

const root = path.resolve(import.meta.dirname, '../..');
/** The command as people run it. */
export const millrace = path.join(root, 'packages/cli/bin/millrace.js');

export interface MasterStart {
  readonly folder: string;
  /** The text of its config. */
  readonly config: string;
  /** Absent: `master` in the folder. */
  readonly data?: string;
  readonly args?: readonly string[];
}

/** A real master, in a process of its own, on loopback. */
export class MasterProcess implements AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  /** From the start of the process until it said that it is ready. */
  readonly readyMs: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, pid: number, url: string, readyMs: number) {
    this.#child = child;
    this.pid = pid;
    this.url = url;
    this.readyMs = readyMs;
  }

  static async start({ folder, config, data, args = [] }: MasterStart): Promise<MasterProcess> {
    const file = path.join(folder, 'millrace.config.ts');
    fs.writeFileSync(file, config);
    const port = await freePort();
    const out = fs.openSync(path.join(folder, 'master.out'), 'a');
    const dataFolder = data ?? path.join(folder, 'master');
    const start = performance.now();
    const child = spawn(
      process.execPath,
      [millrace, 'master', '--config', file, '--data', dataFolder, '--port', String(port), ...args],
      { cwd: folder, stdio: ['ignore', out, out] },
    );
    fs.closeSync(out);
    const url = `http://127.0.0.1:${port}`;
    while (!(await isReady(url))) {
      if (child.exitCode !== null)
        throw new Error(`The master ended: ${fs.readFileSync(path.join(folder, 'master.out'), 'utf8')}`);
      await pause(2);
    }
    return new MasterProcess(child, child.pid ?? 0, url, performance.now() - start);
  }

  async get<Answer>(route: string): Promise<Answer> {
    return this.#answer(await fetch(`${this.url}/api/v1${route}`), route);
  }

  async post<Answer>(route: string, body: unknown = {}): Promise<Answer> {
    const response = await fetch(`${this.url}/api/v1${route}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return this.#answer(response, route);
  }

  async #answer<Answer>(response: Response, route: string): Promise<Answer> {
    if (!response.ok) throw new Error(`${route}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exit = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await exit;
  }
}

async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/readyz`).then(
    (response) => response.ok,
    () => false,
  );
}
