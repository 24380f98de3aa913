import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import process from 'node:process';
import { every } from '@millrace/kernel/clock';
import type { Clock } from '@millrace/kernel/clock';
import { messageOf } from '@millrace/kernel/errors';

const outputBytesMax = 64 * 1024 ** 2;
/** Of what it complains, the last part. */
const complaintLengthMax = 16 * 1024;
const overgrownEveryMs = 1_000;
/** At once: a config may have hundreds of repositories, which are looked at beside each other. */
const programsMax = 16;

export interface ProgramCall {
  readonly program: 'git' | 'hg';
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly limitMs: number;
  /** What it may read; nothing by default. */
  readonly input?: string;
  /** Looked at each second: what it writes has grown too large, and it is ended. */
  readonly overgrown?: () => boolean;
}

export type ProgramEnd =
  | { readonly kind: 'done'; readonly output: string }
  | { readonly kind: 'failed'; readonly exitCode: number | null; readonly complaint: string }
  | { readonly kind: 'stopped'; readonly why: 'time' | 'size' | 'output' }
  | { readonly kind: 'not-started'; readonly missing: boolean; readonly message: string };

/**
 * Runs git and hg to their ends, each with a time limit and in a process group of its own: what it has started
 * (ssh, a helper for https, a fetch below a fetch) is ended with it.
 */
export class Programs {
  readonly #clock: Clock;
  readonly #atOnceMax: number;
  readonly #running = new Set<ChildProcess>();
  readonly #waiting: (() => void)[] = [];
  #taken = 0;

  constructor(clock: Clock, atOnceMax = programsMax) {
    this.#clock = clock;
    this.#atOnceMax = atOnceMax;
  }

  /** Begins when one of those before it has ended, where many run; its time limit begins with it. */
  async run(call: ProgramCall): Promise<ProgramEnd> {
    if (this.#taken === this.#atOnceMax) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#taken++;
    try {
      return await this.#start(call);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#taken--;
      else next();
    }
  }

  #start(call: ProgramCall): Promise<ProgramEnd> {
    return new Promise((resolve) => {
      const { program, env, limitMs, input = '', overgrown } = call;
      // Detached: a group, and a session without a terminal that anybody could be asked at.
      const child = spawn(program, [...call.args], { env, detached: true, windowsHide: true });
      this.#running.add(child);
      let stopped: 'time' | 'size' | 'output' | undefined;
      const stop = (why: typeof stopped): void => {
        stopped ??= why;
        endTree(child);
        // One that has left the group could hold them open still, and would be waited for.
        child.stdout.destroy();
        child.stderr.destroy();
      };
      const limit = this.#clock.after(limitMs, () => stop('time'));
      const watch =
        overgrown && every(this.#clock, overgrownEveryMs, () => void (overgrown() && stop('size')));
      const finish = (end: ProgramEnd): void => {
        limit.cancel();
        watch?.cancel();
        this.#running.delete(child);
        resolve(end);
      };
      const output: Buffer[] = [];
      let outputBytes = 0;
      child.stdout.on('data', (bytes: Buffer) => {
        outputBytes += bytes.length;
        if (outputBytes > outputBytesMax) stop('output');
        else output.push(bytes);
      });
      let complaint = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        complaint = (complaint + text).slice(-complaintLengthMax);
      });
      // It may end without reading what it was given.
      child.stdin.on('error', () => {});
      child.stdin.end(input);
      child.on('error', (error: NodeJS.ErrnoException) =>
        finish({ kind: 'not-started', missing: error.code === 'ENOENT', message: messageOf(error) }),
      );
      child.on('close', (exitCode) => {
        if (stopped !== undefined) finish({ kind: 'stopped', why: stopped });
        else if (exitCode === 0) finish({ kind: 'done', output: Buffer.concat(output).toString('utf8') });
        else finish({ kind: 'failed', exitCode, complaint });
      });
      // One that was left behind holds the output open: it goes when its parent has gone.
      child.on('exit', () => endTree(child));
    });
  }

  /** For the end of this process: a fetch may take minutes, and nobody would wait for it. */
  endAll(): void {
    for (const child of this.#running) endTree(child);
  }
}

function endTree(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // All of it has gone already.
  }
}
