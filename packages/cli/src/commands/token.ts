import process from 'node:process';
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { systemClock } from '@millrace/kernel/clock';
import { systemRandom } from '@millrace/kernel/random';
import { scopes } from '@millrace/master/config/access-config';
import type { Scope } from '@millrace/master/config/access-config';
import { expiryOf } from '@millrace/master/config/expiry';
import { newToken, tokenHash } from '@millrace/master/config/token-hash';
import { localCommand } from '../local/local-command.ts';
import { tokenConfigLine } from '../local/token-config-line.ts';

interface TokenOptions {
  readonly json?: true;
  readonly worker?: string;
  readonly caller?: string;
  readonly scopes?: readonly Scope[];
  readonly expires?: string;
}

/** `millrace token`: makes a token; it is shown once, and its hash is what the config keeps. */
export function tokenCommand(): Command {
  return localCommand('token')
    .description('make a token for a worker or for a caller of the API, and the line for the config')
    .option('--worker <name>', 'for the worker of this name', nameOf)
    .option('--caller <name>', 'for this person or program, who calls the API', nameOf)
    .option(
      '--scopes <list>',
      "what the caller may, by commas: read, write, admin (default: 'read,write')",
      scopesOf,
    )
    .option('--expires <day>', 'when it ends: 2027-01-31, or 2027-01-31T18:00:00Z', expiryText)
    .option('--json', 'print { token, hash, config }')
    .addHelpText(
      'after',
      `
The token is shown once and kept nowhere. Give it to the worker (in a file: --token-file) or to the caller
(MILLRACE_TOKEN), and paste the line into the config, under "workers" or "tokens". To replace one, add the new hash
beside the old, as a list; take the old one out when nobody uses it any more.

Examples:
  $ millrace token --worker linux-1
  $ millrace token --caller ann --scopes read,write --expires 2027-01-31
  $ millrace token --json | jq -r .hash`,
    )
    .action(
      (
        { json, worker, caller, scopes: wanted = ['read', 'write'], expires }: TokenOptions,
        command: Command,
      ) => {
        if (worker !== undefined && caller !== undefined)
          command.error('error: a token is for a --worker or for a --caller; make two.');
        const token = newToken(systemRandom);
        const hash = tokenHash(token);
        const config = tokenConfigLine({ worker, caller, scopes: wanted, hash, expiresAt: expires });
        process.stdout.write(
          json
            ? `${JSON.stringify({ token, hash, config })}\n`
            : `token  ${token}\nhash   ${hash}\nconfig ${config}\n`,
        );
      },
    );
}

function nameOf(text: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(text))
    throw new InvalidArgumentError('It must be at most 100 letters, digits, ".", "_" and "-".');
  return text;
}

function scopesOf(text: string): readonly Scope[] {
  return text.split(',').map((one) => {
    const scope = scopes.find((known) => known === one.trim());
    if (scope === undefined) throw new InvalidArgumentError(`It must be some of ${scopes.join(', ')}.`);
    return scope;
  });
}

function expiryText(text: string): string {
  const at = expiryOf(text);
  if (at === undefined)
    throw new InvalidArgumentError('It must be a day like 2027-01-31 or a time like 2027-01-31T18:00:00Z.');
  if (at <= systemClock.now())
    throw new InvalidArgumentError('That is over already: nobody could use the token.');
  return text;
}
