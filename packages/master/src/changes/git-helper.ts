import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { MillraceError } from '@millrace/kernel/errors';
import type { FromGitProcess, GitAnswer, GitQuestion, ToGitProcess } from './git-process/messages.ts';
import type { GitHead, GitLog, GitReader, GitRepository, Resolved, Wanted } from './git-reader.ts';

interface Waiting {
  resolve(answer: GitAnswer): void;
  reject(error: MillraceError<'git-failed'>): void;
}

/** More questions at once than this are refused: something asks without end. */
const questionsMax = 1_000;

/**
 * Asks git by way of one small process of its own, started at the first question. When that process dies, what
 * it was asked fails, and the next question starts another.
 */
export class GitHelper implements GitReader {
  readonly #mirrorsFolder: string;
  readonly #waiting = new Map<number, Waiting>();
  #process: ChildProcess | undefined;
  #lastNumber = 0;

  /** `mirrorsFolder`: where copies of repositories that lie elsewhere are kept. */
  constructor(mirrorsFolder: string) {
    this.#mirrorsFolder = mirrorsFolder;
  }

  heads(repository: GitRepository): Promise<readonly GitHead[]> {
    return this.#ask({ kind: 'heads', repository: plain(repository) });
  }

  log(repository: GitRepository, from: string | null, to: string, limit: number): Promise<GitLog> {
    return this.#ask({ kind: 'log', repository: plain(repository), from, to, limit });
  }

  resolve(repository: GitRepository, wanted: Wanted): Promise<Resolved> {
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

  async #ask<Answer extends GitAnswer>(question: GitQuestion): Promise<Answer> {
    if (this.#waiting.size >= questionsMax)
      throw new MillraceError('git-failed', `There are ${questionsMax} questions to git under way already.`);
    const number = ++this.#lastNumber;
    const answer = await new Promise<GitAnswer>((resolve, reject) => {
      this.#waiting.set(number, { resolve, reject });
      const message: ToGitProcess = { number, question };
      this.#started().send(message, (error) => {
        if (error !== null) this.#take(number)?.reject(died(error));
      });
    });
    return answer as Answer;
  }

  #started(): ChildProcess {
    if (this.#process !== undefined) return this.#process;
    const started = fork(
      fileURLToPath(new URL('./git-process/git-process.ts', import.meta.url)),
      [this.#mirrorsFolder],
      { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
    );
    const gone = (cause: unknown): void => {
      if (this.#process !== started) return;
      this.#process = undefined;
      for (const number of this.#waiting.keys()) this.#take(number)?.reject(died(cause));
    };
    started.on('message', (message: FromGitProcess) => {
      const waiting = this.#take(message.number);
      if (message.kind === 'answered') waiting?.resolve(message.answer);
      else waiting?.reject(new MillraceError('git-failed', message.message));
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
function plain({ name, url }: GitRepository): GitRepository {
  return { name, url };
}

function died(cause: unknown): MillraceError<'git-failed'> {
  return new MillraceError(
    'git-failed',
    'The process that runs git has died; the next question starts another.',
    {
      cause,
    },
  );
}
