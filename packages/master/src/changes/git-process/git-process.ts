import process from 'node:process';
import { assert, unreachable } from '@millrace/kernel/assert';
import { messageOf } from '@millrace/kernel/errors';
import { GitCommands } from './git-commands.ts';
import { endRunningGit } from './run-git.ts';
import type { FromGitProcess, GitAnswer, GitQuestion, ToGitProcess } from './messages.ts';

/*
 * The entry of the process that runs git for the master: starting a program from a large process blocks it for
 * tens of milliseconds, from a small one for one. It ends when the master does.
 */

const [mirrorsFolder] = process.argv.slice(2);
assert(mirrorsFolder !== undefined, 'the folder for mirrors is the first argument');
const git = new GitCommands(mirrorsFolder);

function ask(question: GitQuestion): Promise<GitAnswer> {
  switch (question.kind) {
    case 'heads':
      return git.heads(question.repository);
    case 'log':
      return git.log(question.repository, question.from, question.to, question.limit);
    case 'resolve':
      return git.resolve(question.repository, question.wanted);
    default:
      return unreachable(question);
  }
}

async function answer({ number, question }: ToGitProcess): Promise<FromGitProcess> {
  try {
    return { number, kind: 'answered', answer: await ask(question) };
  } catch (thrown) {
    return { number, kind: 'failed', message: messageOf(thrown) };
  }
}

process.on('message', (message: ToGitProcess) => {
  void answer(message).then((given) => {
    if (process.connected) process.send?.(given);
  });
});
// An interrupt at the terminal is the master's to act on; this process ends with the master's end of the line.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
process.on('disconnect', () => {
  endRunningGit();
  process.exit(0);
});
