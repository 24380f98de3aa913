import process from 'node:process';
import { Command } from 'commander';
import { messageOf } from '@millrace/kernel/errors';
import { exitCodes } from '../client/exit-code.ts';
import { endHelp, exitCodesText, localExitCodes } from '../client/help-text.ts';
import { printableText } from '../client/printable.ts';

/**
 * A command that does its work here, without asking a master. Used wrongly, it exits with 2. Its examples are
 * its own (`help-text.ts`); so are its exit codes where others than these have a meaning.
 */
export function localCommand(
  name: string,
  codes: Readonly<Record<number, string>> = localExitCodes,
): Command {
  const command = new Command(name).exitOverride((error) =>
    process.exit(error.exitCode === 0 ? exitCodes.success : exitCodes.usage),
  );
  return endHelp(command, exitCodesText(codes));
}

/** Runs the body of a command; an error becomes its sentence on standard error and the exit code 1. */
export async function runLocal(body: () => Promise<void>): Promise<void> {
  try {
    await body();
  } catch (thrown) {
    process.stderr.write(`millrace: ${printableText(messageOf(thrown))}\n`);
    process.exitCode = exitCodes.failure;
  }
}
