import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { programUrl } from '@millrace/kernel/program-url';
import type {
  FromSourceProcess,
  SourceAnswer,
  SourceQuestion,
  ToSourceProcess,
} from './source-process/messages.ts';
import type {
  Resolved,
  SourceHead,
  SourceLog,
  SourceReader,
  SourceRepository,
  Wanted,
  Way,
} from './source-reader.ts';
import { SourceError } from './source-trouble.ts';

interface Waiting {
  resolve(answer: SourceAnswer): void;
  reject(error: SourceError): void;
}

/** More questions at once than this are refused: something asks without end. */
const questionsMax = 1_000;

/**
 * Asks git and hg by way of one small process of its own, started at the first question. When that process dies,
 * what it was asked fails, and the next question starts another.
 */
export class SourceHelper implements SourceReader {
  readonly #mirrorsFolder: string;
  readonly #waiting = new Map<number, Waiting>();
  #process: ChildProcess | undefined;
  #lastNumber = 0;

  /** `mirrorsFolder`: where copies of repositories that lie elsewhere are kept. */
  constructor(mirrorsFolder: string) {
    this.#mirrorsFolder = mirrorsFolder;
  }

  heads(repository: SourceRepository, tags: boolean): Promise<readonly SourceHead[]> {
    return this.#ask({ kind: 'heads', repository: plain(repository), tags });
  }

  log(repository: SourceRepository, way: Way): Promise<SourceLog> {
    return this.#ask({ kind: 'log', repository: plain(repository), way });
  }

  resolve(repository: SourceRepository, wanted: Wanted): Promise<Resolved> {
    return this.#ask({ kind: 'resolve', repository: plain(repository), wanted });
  }

  /** Ends the process. What it was asked fails. */
  async close(): Promise<void> {
    const running = this.#process;
    if (running === undefined) return;
    const ended = new Promise((resolve) => {
      running.once('exit', resolve);
    });
    // It may be in the middle of a fetch, which must not outlive us.
    running.disconnect();
    await ended;
  }

  async #ask<Answer extends SourceAnswer>(question: SourceQuestion): Promise<Answer> {
    if (this.#waiting.size >= questionsMax)
      throw new SourceError(
        'unreadable',
        `There are ${questionsMax} questions to repositories under way already.`,
      );
    const number = ++this.#lastNumber;
    const answer = await new Promise<SourceAnswer>((resolve, reject) => {
      this.#waiting.set(number, { resolve, reject });
      const message: ToSourceProcess = { number, question };
      this.#started().send(message, (error) => {
        if (error !== null) this.#take(number)?.reject(died(error));
      });
    });
    return answer as Answer;
  }

  #started(): ChildProcess {
    if (this.#process !== undefined) return this.#process;
    const started = fork(
      fileURLToPath(programUrl(import.meta.url, './source-process/main.ts')),
      [this.#mirrorsFolder],
      { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
    );
    const gone = (cause: unknown): void => {
      if (this.#process !== started) return;
      this.#process = undefined;
      for (const number of this.#waiting.keys()) this.#take(number)?.reject(died(cause));
    };
    started.on('message', (message: FromSourceProcess) => {
      const waiting = this.#take(message.number);
      if (message.kind === 'answered') waiting?.resolve(message.answer);
      else waiting?.reject(new SourceError(message.trouble, message.message));
    });
    started.on('error', gone);
    started.on('exit', (code, signal) => gone(`it ended with ${signal ?? code}`));
    this.#process = started;
    return started;
  }

  #take(number: number): Waiting | undefined {
    const waiting = this.#waiting.get(number);
    this.#waiting.delete(number);
    return waiting;
  }
}

/** Only what the process needs of what may be a whole config entry. */
function plain({ name, kind, url, credentials, fetchMsMax }: SourceRepository): SourceRepository {
  return { name, kind, url, credentials, fetchMsMax };
}

function died(cause: unknown): SourceError {
  const message = 'The process that reads repositories has died; the next question starts another.';
  return new SourceError('unreadable', message, { cause });
}
