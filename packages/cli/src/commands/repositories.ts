import type { Command } from 'commander';
import type { Repository } from '@millrace/protocol/api/repositories';
import { clientCommand, nounCommand } from '../client/client-command.ts';
import { processSystem, runClient } from '../client/client-context.ts';
import type { ClientSystem } from '../client/client-context.ts';
import { ago } from '../client/duration.ts';
import { examples } from '../client/help-text.ts';
import { listCommand } from '../client/list-command.ts';
import type { Paint } from '../client/paint.ts';
import { headline, printable } from '../client/printable.ts';
import { showCommand } from '../client/show-command.ts';
import { writeJson } from '../client/write-json.ts';

/** `millrace repositories`: where changes come from, and what is wrong with each. */
export function repositoriesCommand(system: ClientSystem = processSystem()): Command {
  return listCommand<Repository>(system, {
    name: 'repositories',
    description: 'list the repositories of the config, and whether they can be read',
    path: '/repositories',
    filters: [],
    sorts: [],
    limit: 100,
    headings: ['REPOSITORY', 'KIND', 'STATE', 'WATCHED', 'LOOKED AT', 'WHY'],
    row: (one, { paint, now }) => [
      printable(one.name),
      printable(one.kind),
      stateOf(one, paint),
      headline([...one.branches, ...one.tags.map((tag) => `tags ${tag}`)].join(' '), 40),
      one.lastPollAt === null ? '' : ago(now - one.lastPollAt),
      printable(one.trouble?.message ?? ''),
    ],
    none: 'the config has no repository',
    examples: [['millrace repositories'], ['millrace repositories --json | jq ".items[].trouble"']],
  });
}

function stateOf({ watched, trouble, lastReadAt }: Repository, paint: Paint): string {
  if (!watched) return paint.dim('○ not watched');
  if (trouble !== null) return paint.red('✗ trouble');
  return lastReadAt === null ? paint.dim('○ not read yet') : paint.green('✓ watched');
}

/** `millrace repository poll app`. */
export function repositoryCommand(system: ClientSystem = processSystem()): Command {
  const poll = clientCommand('poll', system)
    .description('look at a repository now, for what is new')
    .argument('<name>', 'its name in the config')
    .addHelpText('after', examples(['millrace repository poll app']))
    .action((name: string, { json }: { readonly json?: true }) =>
      runClient(system, async (context) => {
        const answer = await context.client.post(`/repositories/${encodeURIComponent(name)}/poll`, {});
        if (json) return writeJson(context, answer);
        await context.stdout.write(`repository ${printable(name)} is looked at\n`);
      }),
    );
  const show = showCommand(system, {
    noun: 'repository',
    by: 'name',
    path: '/repositories',
    example: 'millrace repository show app',
  });
  return nounCommand('repository', system, [show, poll]).description('show a repository, or look at it now');
}
