import process from 'node:process';
import { programOutput, type ProgramContext } from '../run/program-output.ts';

/** Where and as whom git runs. */
export type GitContext = ProgramContext;

/** What git prints, in pieces; see `programOutput`. */
export function gitOutput(
  context: GitContext,
  args: readonly string[],
  input = '',
): AsyncGenerator<Buffer, void, void> {
  return programOutput('git', context, args, input);
}

/** The lines that git prints. Bytes that are not UTF-8 come as latin1. */
export async function* gitLines(
  context: GitContext,
  args: readonly string[],
): AsyncGenerator<string, void, void> {
  let rest = '';
  for await (const chunk of gitOutput(context, args)) {
    const lines = (rest + chunk.toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

/** All that git prints, without the last newline. */
export async function gitText(context: GitContext, args: readonly string[]): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of gitOutput(context, args)) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8').replace(/\n$/, '');
}

/**
 * The environment without what git takes from it (`GIT_DIR`, `GIT_EXTERNAL_DIFF`, ...): a hook that calls
 * this counts the repository that was named, not the one that the hook runs in.
 */
export function environmentWithoutGit(): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && !name.toUpperCase().startsWith('GIT_')) env[name] = value;
  }
  return { ...env, LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0', GIT_PAGER: 'cat' };
}
