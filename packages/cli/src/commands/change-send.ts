import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import type { Change, NewChange } from '@millrace/protocol/api/changes';
import { clientCommand } from '../client/client-command.ts';
import { runClient } from '../client/client-context.ts';
import type { ClientContext, ClientSystem } from '../client/client-context.ts';
import { examples } from '../client/help-text.ts';
import { printable } from '../client/printable.ts';
import { writeJson } from '../client/write-json.ts';

interface Options {
  readonly json?: true;
  readonly repository: string;
  readonly branch: string;
  readonly revision: string;
  readonly author?: string;
  readonly message?: string;
  readonly time?: number;
  readonly file?: readonly string[];
  readonly link?: string;
}

/** `millrace change send`: tells of a commit, for a server's own hook or a script. Telling it twice does no harm. */
export function changeSendCommand(system: ClientSystem): Command {
  return clientCommand('send', system)
    .description('tell a master of a commit; schedulers that watch its branch build it')
    .requiredOption('--repository <name>', 'its name in the config')
    .requiredOption('--branch <branch>', 'the branch, or refs/tags/NAME', branch)
    .requiredOption('--revision <revision>', 'the whole id of the commit', revision)
    .option('--author <author>', 'who wrote it: "Name <address>"')
    .option('--message <text>', 'what its author says of it')
    .option('--time <time>', 'when it was committed: 2027-01-31T12:00:00Z (now)', time)
    .option('--file <path>', 'a file that it changed; may be repeated', another)
    .option('--link <url>', 'a page about it')
    .addHelpText(
      'after',
      examples(
        ['millrace change send --repository app --branch main --revision "$(git rev-parse HEAD)"'],
        [
          'while read old new ref; do millrace change send --repository app --branch "$ref" --revision "$new"; done',
          'as hooks/post-receive',
        ],
      ),
    )
    .action((options: Options) => runClient(system, (context) => send(context, options)));
}

async function send(context: ClientContext, options: Options): Promise<void> {
  const { json, time: committedAt, file, ...rest } = options;
  const body: NewChange = {
    ...rest,
    ...(committedAt !== undefined && { committedAt }),
    ...(file !== undefined && { files: [...file] }),
  };
  const change = await context.client.post<Change>('/changes', body);
  if (json) return writeJson(context, change);
  const { id, repository, branch: of } = change;
  await context.stdout.write(
    `change ${id}: ${printable(repository)} ${printable(of)} ${printable(change.revision.slice(0, 10))}\n`,
  );
}

/** A hook is told the whole ref, a person says the branch. */
function branch(text: string): string {
  const name = text.replace(/^refs\/heads\//u, '');
  if (name === '') throw new InvalidArgumentError('It must be the name of a branch.');
  return name;
}

function revision(text: string): string {
  if (/^0+$/u.test(text)) throw new InvalidArgumentError('The branch is gone: there is nothing to tell.');
  if (!/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/u.test(text))
    throw new InvalidArgumentError(
      'It must be the whole id of a commit: git rev-parse HEAD, hg id -i --debug.',
    );
  return text;
}

function time(text: string): number {
  const at = Date.parse(text);
  if (!Number.isFinite(at) || at < 0) throw new InvalidArgumentError('It must be like 2027-01-31T12:00:00Z.');
  return at;
}

function another(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}
