import process from 'node:process';
import { Command } from 'commander';
import { messageOf } from '@millrace/kernel/errors';
import { exitCodes } from '../client/exit-code.ts';

/** A command that does its work here, without asking a master. Used wrongly, it exits with 2. */
export function localCommand(name: string): Command {
  return new Command(name).exitOverride((error) =>
    process.exit(error.exitCode === 0 ? exitCodes.success : exitCodes.usage),
  );
}

/** Runs the body of a command; an error becomes its sentence on standard error and the exit code 1. */
export async function runLocal(body: () => Promise<void>): Promise<void> {
  try {
    await body();
  } catch (thrown) {
    process.stderr.write(`millrace: ${messageOf(thrown)}\n`);
    process.exitCode = exitCodes.failure;
  }
}
