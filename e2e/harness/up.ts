import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import path from 'node:path';
import type { Build, BuildDetail } from '@millrace/protocol/api/builds';
import { until } from './until.ts';

const millrace = path.resolve(import.meta.dirname, '../../packages/cli/bin/millrace.js');
/** A compiler may take its time on a machine that does much else. */
const buildMsMax = 90_000;
/** What `up` does at an interrupt has ended by then: it waits for its worker for less. */
const stopMsMax = 60_000;

/** `millrace up` in a folder, as a person starts it, on a free port. */
export class Up implements AsyncDisposable {
  readonly #ended: Promise<number | null>;
  readonly #child: ChildProcess;
  #said = '';
  #hasEnded = false;

  constructor(folder: string, ...args: readonly string[]) {
    const all = ['up', '--port', '0', '--slots', '1', ...args];
    const child = spawn(process.execPath, [millrace, ...all], { cwd: folder });
    child.stdout.on('data', (bytes: Buffer) => (this.#said += bytes.toString()));
    child.stderr.on('data', (bytes: Buffer) => (this.#said += bytes.toString()));
    this.#ended = new Promise((resolve) => {
      child.on('close', (status) => {
        this.#hasEnded = true;
        resolve(status);
      });
    });
    this.#child = child;
  }

  /** Where its pages are; empty until it has said so. */
  get url(): string {
    return /the pages are on (http:\S+)/.exec(this.#said)?.[1] ?? '';
  }

  /** The build of a revision, once it has ended. */
  finished(revision: string): Promise<BuildDetail> {
    return until(
      `the build of ${revision} is finished`,
      async () => {
        if (this.#hasEnded) throw new Error('It has ended by itself.');
        const found = await this.#get<{ items: Build[] }>(`/builds?revision=${revision}&state=finished`);
        const [build] = found?.items ?? [];
        return build && this.#get<BuildDetail>(`/builds/${build.id}`);
      },
      buildMsMax,
    ).catch((error: unknown) => {
      throw new Error(`It said:\n${this.#said}`, { cause: error });
    });
  }

  async #get<Answer>(route: string): Promise<Answer | undefined> {
    if (this.url === '') return undefined;
    const response = await fetch(`${this.url}/api/v1${route}`).catch(() => undefined);
    return response?.ok === true ? ((await response.json()) as Answer) : undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGINT');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), stopMsMax);
    const status = await this.#ended;
    clearTimeout(timer);
    if (status !== 0) throw new Error(`It ended with ${status}. It said:\n${this.#said}`);
  }
}
