import { Command, InvalidArgumentError } from 'commander';
import type { ClientSystem } from './client-context.ts';
import { exitCodes } from './exit-code.ts';
import { clientExitCodes, endHelp, exitCodesText } from './help-text.ts';
import { printableText } from './printable.ts';

/**
 * A command that talks to a master: every one has `--json`, exits 2 when it is used wrongly and says where
 * it looks for the master. Its examples are its own (`help-text.ts`); so are its exit codes where it may end
 * as a build ends.
 */
export function clientCommand(
  name: string,
  system: ClientSystem,
  codes: Readonly<Record<number, string>> = clientExitCodes,
): Command {
  return endHelp(
    plainCommand(name, system).option('--json', 'print what the API answers, as JSON'),
    `\nThe master is looked for at MILLRACE_URL (http://127.0.0.1:8010); MILLRACE_TOKEN is the token, where it wants one, and MILLRACE_CA_FILE a PEM file of who signed its certificate.${exitCodesText(codes)}`,
  );
}

/** `millrace worker pause`, `millrace worker resume`: a noun whose verbs are commands of their own. */
export function nounCommand(name: string, system: ClientSystem, verbs: readonly Command[]): Command {
  const noun = plainCommand(name, system);
  for (const verb of verbs) noun.addCommand(verb);
  return noun;
}

/** A command that exits 2 when it is used wrongly, and writes where it is told to. */
export function plainCommand(name: string, system: ClientSystem): Command {
  return new Command(name)
    .configureOutput({
      writeOut: (text) => void system.stdout.write(text),
      writeErr: (text) => void system.stderr.write(printableText(text)),
    })
    .exitOverride((error) => {
      system.exitNow(error.exitCode === 0 ? exitCodes.success : exitCodes.usage);
      throw error;
    });
}

/** For an option that counts something. */
export function wholeNumber(text: string): number {
  if (!/^[1-9][0-9]{0,8}$/u.test(text))
    throw new InvalidArgumentError('It must be a whole number from 1 on.');
  return Number(text);
}
