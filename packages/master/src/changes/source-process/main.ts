import process from 'node:process';
import { assert, unreachable } from '@millrace/kernel/assert';
import { systemClock } from '@millrace/kernel/clock';
import { messageOf } from '@millrace/kernel/errors';
import { readSecret } from '../../config/read-secret.ts';
import { SourceError } from '../source-trouble.ts';
import { GitSource } from './git-source.ts';
import { HgSource } from './hg-source.ts';
import type { FromSourceProcess, SourceAnswer, SourceQuestion, ToSourceProcess } from './messages.ts';
import { Programs } from './run-program.ts';
import { sourceLimits } from './source-parts.ts';

/*
 * The entry of the process that runs git and hg for the master: starting a program from a large process blocks
 * it for tens of milliseconds, from a small one for one. It ends when the master does.
 */

const [mirrorsFolder] = process.argv.slice(2);
assert(mirrorsFolder !== undefined, 'the folder for mirrors is the first argument');
const programs = new Programs(systemClock);
const parts = { mirrorsFolder, programs, readSecret, env: process.env, limits: sourceLimits };
const sources = { git: new GitSource(parts), hg: new HgSource(parts) };

function ask(question: SourceQuestion): Promise<SourceAnswer> {
  const { repository } = question;
  const source = sources[repository.kind];
  switch (question.kind) {
    case 'heads':
      return source.heads(repository, question.tags);
    case 'log':
      return source.log(repository, question.way);
    case 'resolve':
      return source.resolve(repository, question.wanted);
    default:
      return unreachable(question);
  }
}

async function answer({ number, question }: ToSourceProcess): Promise<FromSourceProcess> {
  try {
    return { number, kind: 'answered', answer: await ask(question) };
  } catch (thrown) {
    const trouble = thrown instanceof SourceError ? thrown.trouble : 'unreadable';
    return { number, kind: 'failed', trouble, message: messageOf(thrown) };
  }
}

process.on('message', (message: ToSourceProcess) => {
  void answer(message).then((given) => {
    if (process.connected) process.send?.(given);
  });
});
// An interrupt at the terminal is the master's to act on; this process ends with the master's end of the line.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
process.on('disconnect', () => {
  programs.endAll();
  process.exit(0);
});
