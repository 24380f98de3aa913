import { withoutLogins } from '@millrace/protocol/repository/address';
import type { StepCommand, StepContext, StepLog } from '../steps/step.ts';

const lastBytesMax = 4_000;
const answerBytesMax = 1024 ** 2;

/** One command for {@link LoggedCommands}. */
export interface SourceCommand {
  readonly args: StepCommand['args'];
  /** Absolute. */
  readonly folder: string;
  /** On top of the step's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** What stands in the log in place of the arguments. */
  readonly shown?: readonly string[];
}

/** Runs git, hg and the like, one command after the other, each with its output in the step's log. */
export class LoggedCommands {
  readonly #context: Pick<StepContext, 'run' | 'env'>;
  readonly #log: StepLog;
  #last = Buffer.alloc(0);
  #stopped = false;

  constructor(context: Pick<StepContext, 'run' | 'env'>, log: StepLog) {
    this.#context = context;
    this.#log = log;
  }

  /** The step is being stopped: what fails does so for that. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** The end of what the last command printed. */
  get lastOutput(): string {
    return this.#last.toString('utf8');
  }

  /** What each command sees, but for what is put on top of it. */
  get environment(): StepContext['env'] {
    return this.#context.env;
  }

  /** What it had to say, for a message: the last line of an error, else the last that says something. */
  get lastWords(): string {
    const lines = this.lastOutput.split(/[\r\n]+/).map((line) => line.trim());
    return (
      lines.findLast((line) => /^(fatal|error|abort):/.test(line)) ??
      lines.findLast((line) => line !== '') ??
      'it said nothing'
    );
  }

  /** A line of our own in the log. */
  say(text: string): void {
    this.#log.write(Buffer.from(`${text}\n`));
  }

  /** Whether it exited with 0. */
  async run(command: SourceCommand): Promise<boolean> {
    const shown = command.shown ?? command.args;
    this.say(`$ ${shown.map((arg) => withoutLogins(arg)).join(' ')}`);
    this.#last = Buffer.alloc(0);
    return this.#start(command, {
      write: (bytes) => {
        this.#log.write(bytes);
        this.#last = Buffer.concat([this.#last, bytes]).subarray(-lastBytesMax);
      },
    });
  }

  /** A question that is answered by the exit code; neither it nor its output is logged. */
  ask(command: SourceCommand): Promise<boolean> {
    return this.#start(command, { write: () => undefined });
  }

  /** What it prints, unlogged; undefined where it fails, or prints more than 1 MiB. */
  async read(command: SourceCommand): Promise<string | undefined> {
    const parts: Buffer[] = [];
    let length = 0;
    const done = await this.#start(command, {
      write: (bytes) => {
        length += bytes.length;
        if (length <= answerBytesMax) parts.push(Buffer.from(bytes));
      },
    });
    return done && length <= answerBytesMax ? Buffer.concat(parts).toString('utf8') : undefined;
  }

  async #start({ args, folder, env }: SourceCommand, log: StepLog): Promise<boolean> {
    const end = await this.#context.run({
      args,
      folder,
      env: { ...this.#context.env, ...env },
      output: { combined: log },
    });
    if (end.kind === 'stopped') this.#stopped = true;
    if (end.kind === 'not-started') {
      this.#last = Buffer.from(end.message);
      this.say(end.message);
    }
    return end.kind === 'exited' && end.exitCode === 0;
  }
}
