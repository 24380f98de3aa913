import { execFile } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { MillraceError } from '@millrace/kernel/errors';

const outputBytesMax = 64 * 1024 ** 2;

/** What git said, or that it failed: then its exit code and the last thing that it complained about. */
export type GitEnd =
  | { readonly kind: 'done'; readonly output: string }
  | { readonly kind: 'failed'; readonly exitCode: number | null; readonly message: string };

/**
 * Runs git to its end, with a time limit and without anybody to answer its questions.
 * @throws MillraceError `git-failed` where git itself cannot be started.
 */
export function runGit(args: readonly string[], limitMs: number): Promise<GitEnd> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      'git',
      [...args],
      {
        env: quietEnv(process.env),
        timeout: limitMs,
        killSignal: 'SIGKILL',
        maxBuffer: outputBytesMax,
        encoding: 'utf8',
        windowsHide: true,
      },
      (error, output, complaint) => {
        running.delete(child);
        if (error === null) resolve({ kind: 'done', output });
        else if (error.code === 'ENOENT')
          reject(
            new MillraceError('git-failed', 'git is not installed, or not on the PATH.', { cause: error }),
          );
        else if (error.killed === true && error.code !== 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER')
          resolve({ kind: 'failed', exitCode: null, message: `git took longer than ${limitMs} ms` });
        else
          resolve({
            kind: 'failed',
            exitCode: typeof error.code === 'number' ? error.code : null,
            message: lastLine(complaint) ?? error.message,
          });
      },
    );
    running.add(child);
  });
}

const running = new Set<ChildProcess>();

/** For the end of this process: a fetch may take minutes, and nobody would wait for it. */
export function endRunningGit(): void {
  for (const child of running) child.kill('SIGKILL');
}

/** Nothing asks for a password, nothing of a surrounding git call is inherited, messages are in English. */
function quietEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { GIT_DIR: _, GIT_WORK_TREE: __, GIT_INDEX_FILE: ___, GIT_PREFIX: ____, ...rest } = env;
  return {
    GIT_SSH_COMMAND: 'ssh -o BatchMode=yes -o ConnectTimeout=10',
    ...rest,
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: 'true',
    SSH_ASKPASS: 'true',
    GIT_OPTIONAL_LOCKS: '0',
    LC_ALL: 'C',
  };
}

function lastLine(text: string): string | undefined {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('hint:'))
    .find((line, index, all) => line.startsWith('fatal:') || index === all.length - 1);
}
