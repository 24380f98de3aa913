import process from 'node:process';
import type { Command } from 'commander';
import { systemRandom } from '@millrace/kernel/random';
import { newToken, tokenHash } from '@millrace/master/config/token-hash';
import { localCommand } from '../local/local-command.ts';

/** `millrace token`: makes a token; it is shown once, and its hash is what the config keeps. */
export function tokenCommand(): Command {
  return localCommand('token')
    .description('make a token for a worker or for a caller of the API, and the hash line for the config')
    .option('--json', 'print { token, hash }')
    .addHelpText(
      'after',
      `
The token is shown once and kept nowhere. Give it to the worker (millrace worker --token ...) or to the caller
(MILLRACE_TOKEN=...), and paste the hash into the config:

  worker({ name: 'linux-1', tokenHash: 'sha256:...' })
  token({ name: 'ann', hash: 'sha256:...', scopes: ['read', 'write'] })

Examples:
  $ millrace token
  $ millrace token --json | jq -r .hash`,
    )
    .action((options: { readonly json?: true }) => {
      const token = newToken(systemRandom);
      const hash = tokenHash(token);
      process.stdout.write(
        options.json ? `${JSON.stringify({ token, hash })}\n` : `token  ${token}\nhash   ${hash}\n`,
      );
    });
}
