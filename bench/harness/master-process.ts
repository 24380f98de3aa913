import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../../e2e/harness/free-port.ts';
import { MillraceChild } from './child.ts';
import { HttpLane } from './http-lane.ts';

export interface MasterStart {
  readonly folder: string;
  /** The text of its config. */
  readonly config: string;
  /** Absent: `master` in the folder. */
  readonly data?: string;
  /** A file for its fsyncs: it runs under strace then. */
  readonly traceFile?: string;
  /** Options of `millrace master` beside those. */
  readonly args?: readonly string[];
}

/** A real master, in a process of its own, on loopback. */
export class MasterProcess implements AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly data: string;
  /** From the start of the process until it said that it is ready. */
  readonly readyMs: number;
  readonly #child: MillraceChild;

  private constructor(child: MillraceChild, port: number, data: string, readyMs: number) {
    this.#child = child;
    this.pid = child.pid;
    this.port = port;
    this.url = `http://127.0.0.1:${port}`;
    this.data = data;
    this.readyMs = readyMs;
  }

  static async start({
    folder,
    config,
    data,
    traceFile,
    args: more = [],
  }: MasterStart): Promise<MasterProcess> {
    const file = path.join(folder, 'millrace.config.ts');
    fs.writeFileSync(file, config);
    const port = await freePort();
    const dataFolder = data ?? path.join(folder, 'master');
    const args = ['master', '--config', file, '--data', dataFolder, '--port', String(port), ...more];
    const start = performance.now();
    const child = new MillraceChild({
      folder,
      name: 'master',
      args,
      ...(traceFile !== undefined && { traceFile }),
    });
    while (!(await isReady(`http://127.0.0.1:${port}`))) {
      child.mustLive();
      await pause(2);
    }
    return new MasterProcess(child, port, dataFolder, performance.now() - start);
  }

  /** Where agents connect. */
  get agentUrl(): string {
    return `ws://127.0.0.1:${this.port}/api/v1/agent`;
  }

  /** A connection of its own, for calls one after the other. */
  lane(): HttpLane {
    return new HttpLane(this.port);
  }

  async get<Answer>(route: string): Promise<Answer> {
    const response = await fetch(`${this.url}/api/v1${route}`);
    if (!response.ok) throw new Error(`${route}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Answer;
  }

  /** The sum of a figure at `/metrics` over its labels, or of the samples whose labels have `label`. */
  async metric(name: string, label = ''): Promise<number> {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    return text
      .split('\n')
      .filter((line) => (line.startsWith(`${name}{`) || line.startsWith(`${name} `)) && line.includes(label))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#child.stop();
  }
}

async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/readyz`).then(
    (response) => response.ok,
    () => false,
  );
}
