import { Worker } from 'node:worker_threads';
import type { Clock, Timer } from '@millrace/kernel/clock';
import { programUrl } from '@millrace/kernel/program-url';
import type { FromConfigThread, ToConfigThread } from './messages.ts';

/** Enough for any config; one that asks for more is told so instead of taking the master's memory. */
const defaultMemoryMbMax = 512;
/** What the code prints beyond this, in one call, is dropped. */
const printedMax = 64 * 1024;

export interface ConfigRunnerOptions {
  readonly clock: Clock;
  readonly memoryMbMax?: number;
  readonly print?: (text: string) => void;
}

export type Outcome =
  | { readonly kind: 'answered'; readonly answer: FromConfigThread }
  /** The code did not come to an end. The thread is ended. */
  | { readonly kind: 'timeout' }
  /** The thread ended by itself: a sentence says how. */
  | { readonly kind: 'died'; readonly message: string };

/** One thread with the config's code in it, until it is ended. One question at a time. */
export class ConfigRunner {
  readonly #worker: Worker;
  readonly #clock: Clock;
  readonly #memoryMbMax: number;
  readonly #print: (text: string) => void;
  #printed = 0;
  #waiting: ((outcome: Outcome) => void) | undefined;
  #death: string | undefined;

  constructor(options: ConfigRunnerOptions) {
    this.#clock = options.clock;
    this.#memoryMbMax = options.memoryMbMax ?? defaultMemoryMbMax;
    this.#print = options.print ?? (() => undefined);
    this.#worker = new Worker(programUrl(import.meta.url, './config-worker.ts'), {
      name: 'millrace config',
      // The parser of TypeScript is called to find the place of an error; that Node may change it is no user's concern.
      execArgv: ['--disable-warning=ExperimentalWarning'],
      resourceLimits: { maxOldGenerationSizeMb: this.#memoryMbMax },
      // Read here, so that what the code prints has a bound and does not go where a command writes its answer.
      stdout: true,
      stderr: true,
    });
    for (const stream of [this.#worker.stdout, this.#worker.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => this.#hear(text));
    this.#worker.on('message', (answer: FromConfigThread) => this.#settle({ kind: 'answered', answer }));
    this.#worker.on('error', (thrown: unknown) => this.#die(deathOf(thrown, this.#memoryMbMax)));
    this.#worker.on('exit', (code) => this.#die(`it ended its own thread (process.exit(${code}))`));
  }

  /** False once the thread has ended: another one is needed. */
  get alive(): boolean {
    return this.#death === undefined;
  }

  ask(message: Exclude<ToConfigThread, { type: 'sweep' }>, limitMs: number): Promise<Outcome> {
    if (this.#death !== undefined) return Promise.resolve({ kind: 'died', message: this.#death });
    this.#printed = 0;
    return new Promise((resolve) => {
      const timer: Timer = this.#clock.after(limitMs, () => {
        this.#settle({ kind: 'timeout' });
        void this.end();
      });
      this.#waiting = (outcome) => {
        timer.cancel();
        resolve(outcome);
      };
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have none
      this.#worker.postMessage(message);
    });
  }

  /** Has the garbage of its heap collected, in its own time. */
  sweep(): void {
    const message: ToConfigThread = { type: 'sweep' };
    this.#worker.postMessage(message, []);
  }

  async end(): Promise<void> {
    this.#die('it was ended');
    await this.#worker.terminate();
  }

  #hear(text: string): void {
    const room = printedMax - this.#printed;
    if (room < 0) return;
    this.#printed += text.length;
    if (text.length <= room) this.#print(text);
    else {
      const rest = `\nthe config printed more than ${printedMax / 1024} KiB: the rest is dropped\n`;
      this.#print(text.slice(0, room) + rest);
      this.#printed = printedMax + 1;
    }
  }

  #settle(outcome: Outcome): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.(outcome);
  }

  #die(message: string): void {
    this.#death ??= message;
    this.#settle({ kind: 'died', message: this.#death });
  }
}

function deathOf(thrown: unknown, memoryMbMax: number): string {
  if (!(thrown instanceof Error)) return `it threw ${String(thrown)}`;
  if ('code' in thrown && thrown.code === 'ERR_WORKER_OUT_OF_MEMORY')
    return `it used more than ${memoryMbMax} MB of memory`;
  return `it threw outside of any call: ${thrown.stack ?? thrown.message}`;
}
