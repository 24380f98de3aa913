import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { childrenOf } from './process-figures.ts';

/** The command as people run it. */
const millrace = path.resolve(import.meta.dirname, '../../packages/cli/bin/millrace.js');
const stopMsMax = 20_000;

export interface ChildStart {
  readonly folder: string;
  /** Its output goes to `NAME.out` in the folder. */
  readonly name: string;
  readonly args: readonly string[];
  /** A file for its fsyncs: it runs under strace then. */
  readonly traceFile?: string;
}

/** `millrace` in a process of its own. */
export class MillraceChild {
  readonly #child: ChildProcess;
  readonly #outFile: string;
  readonly #traced: boolean;

  constructor({ folder, name, args, traceFile }: ChildStart) {
    this.#outFile = path.join(folder, `${name}.out`);
    this.#traced = traceFile !== undefined;
    // With a filter in the kernel only the calls that are counted cost anything.
    const trace =
      traceFile === undefined
        ? []
        : [
            'strace',
            '-f',
            '--seccomp-bpf',
            '-ttt',
            '-e',
            'trace=fsync,fdatasync,sync_file_range',
            '-e',
            'signal=none',
            '-o',
            traceFile,
          ];
    const [program = process.execPath, ...rest] = [...trace, process.execPath, millrace, ...args];
    const out = fs.openSync(this.#outFile, 'a');
    this.#child = spawn(program, rest, { cwd: folder, stdio: ['ignore', out, out] });
    fs.closeSync(out);
  }

  get pid(): number {
    const pid = this.#child.pid ?? 0;
    return this.#traced ? (childrenOf(pid)[0] ?? pid) : pid;
  }

  /** @throws Error with what it said, where it has ended. */
  mustLive(): void {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null)
      throw new Error(`millrace has ended: ${fs.readFileSync(this.#outFile, 'utf8')}`);
  }

  /** In order; after a while by force. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exit = once(this.#child, 'exit');
    process.kill(this.pid, 'SIGTERM');
    const kill = setTimeout(() => {
      process.kill(this.pid, 'SIGKILL');
      this.#child.kill('SIGKILL');
    }, stopMsMax);
    await exit;
    clearTimeout(kill);
  }
}
