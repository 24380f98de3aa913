import type { Environment } from './environment.ts';
import type { StepCommand, StepContext, StepLog } from './step.ts';

const lastBytesMax = 2_000;

/** A URL without the name and password that it may hold. */
export function shownUrl(url: string): string {
  return url.replace(/\/\/[^/@]*@/, '//');
}

/** Runs git, with nobody there to be asked: every command and its output stand in the step's log. */
export class Git {
  readonly #run: StepContext['run'];
  readonly #log: StepLog;
  readonly #env: Environment;
  #last = Buffer.alloc(0);
  #stopped = false;

  constructor(context: Pick<StepContext, 'run' | 'env'>, log: StepLog) {
    this.#run = context.run;
    this.#log = log;
    this.#env = {
      GIT_SSH_COMMAND: 'ssh -o BatchMode=yes',
      ...context.env,
      GIT_TERMINAL_PROMPT: '0',
      GCM_INTERACTIVE: 'never',
    };
  }

  /** The step is being stopped: what fails does so for that. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** What the last command had to say, for a message: its last line that says something. */
  get lastWords(): string {
    const lines = this.#last.toString('utf8').split(/[\r\n]+/);
    return (
      lines.findLast((line) => /^(fatal|error):/.test(line)) ?? lines.findLast((line) => line !== '') ?? ''
    );
  }

  /** A line of our own in the log. */
  say(text: string): void {
    this.#log.write(Buffer.from(`${text}\n`));
  }

  /** Whether git succeeded. */
  run(folder: string, args: readonly string[]): Promise<boolean> {
    return this.command(folder, ['git', ...quiet, ...args]);
  }

  /** A question that is answered by success; neither it nor its output is logged. */
  ask(folder: string, args: readonly string[]): Promise<boolean> {
    return this.#start(['git', ...args], folder, { write: () => undefined });
  }

  /** Any other command, in the same way. */
  async command(folder: string, args: readonly [string, ...string[]]): Promise<boolean> {
    const shown = args.filter((arg) => !quiet.includes(arg)).map(shownUrl);
    this.say(`$ ${shown.join(' ')}`);
    this.#last = Buffer.alloc(0);
    return this.#start(args, folder, {
      write: (bytes) => {
        this.#log.write(bytes);
        this.#last = Buffer.concat([this.#last, bytes]).subarray(-lastBytesMax);
      },
    });
  }

  /** Removes the lock files that a killed git has left. The caller knows that no git works there. */
  removeLocks(gitFolder: string): Promise<boolean> {
    const found = ['-path', './objects', '-prune', '-o', '-type', 'f', '-name', '*.lock'];
    return this.#start(['find', '.', ...found, '-exec', 'rm', '-f', '--', '{}', '+'], gitFolder, this.#log);
  }

  async #start(args: StepCommand['args'], folder: string, log: StepLog): Promise<boolean> {
    const end = await this.#run({ args, folder, env: this.#env, output: { combined: log } });
    if (end.kind === 'stopped') this.#stopped = true;
    if (end.kind === 'not-started') {
      this.#last = Buffer.from(end.message);
      this.say(end.message);
    }
    return end.kind === 'exited' && end.exitCode === 0;
  }
}

/**
 * Builds write into these repositories too: no hook of theirs runs here. And nothing is collected, as others borrow
 * the objects.
 */
const quiet: readonly string[] = [
  '-c',
  'core.hooksPath=/dev/null',
  '-c',
  'core.fsmonitor=false',
  '-c',
  'gc.auto=0',
  '-c',
  'maintenance.auto=false',
];
