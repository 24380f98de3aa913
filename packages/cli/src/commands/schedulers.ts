import type { Command } from 'commander';
import type { Scheduler } from '@millrace/protocol/api/schedulers';
import { nounCommand } from '../client/client-command.ts';
import { processSystem } from '../client/client-context.ts';
import type { ClientSystem } from '../client/client-context.ts';
import { holdVerb } from '../client/hold-command.ts';
import { listCommand } from '../client/list-command.ts';
import { headline, printable } from '../client/printable.ts';
import { showCommand } from '../client/show-command.ts';

/** `millrace schedulers`: what the config builds by itself. */
export function schedulersCommand(system: ClientSystem = processSystem()): Command {
  return listCommand<Scheduler>(system, {
    name: 'schedulers',
    description: 'list the schedulers of the config, and how far they have come',
    path: '/schedulers',
    filters: [
      { flags: '--repository <name>', description: 'that watch this repository' },
      { flags: '--builder <name>', description: 'that build with this builder' },
      {
        flags: '--held <yes>',
        description: 'whether somebody has paused it',
        choices: ['true', 'false'],
      },
    ],
    sorts: ['name', 'priority'],
    limit: 100,
    headings: ['SCHEDULER', 'KIND', 'STATE', 'REPOSITORY', 'BRANCHES', 'BUILDERS', 'CHANGE', 'WHY'],
    row: (one, { paint }) => [
      printable(one.name),
      printable(one.kind),
      one.hold === null ? paint.green('✓ active') : paint.yellow('▬ paused'),
      printable(one.repository),
      headline(one.branches.join(' '), 30),
      headline(one.builders.join(' '), 40),
      String(one.lastChange ?? ''),
      headline(one.hold?.reason ?? '', 50),
    ],
    none: 'no scheduler is like that',
    examples: [['millrace schedulers'], ['millrace schedulers --held true --json | jq .items[].name']],
  });
}

/** `millrace scheduler pause every-push --reason "a flood of pushes"`. */
export function schedulerCommand(system: ClientSystem = processSystem()): Command {
  const noun = { noun: 'scheduler', path: '/schedulers' } as const;
  return nounCommand('scheduler', system, [
    showCommand(system, { ...noun, by: 'name', example: 'millrace scheduler show every-push' }),
    holdVerb(system, {
      ...noun,
      act: 'pause',
      description: 'let a scheduler decide nothing; changes are still seen and kept',
      example: 'millrace scheduler pause every-push --reason "the lab moves"',
      done: 'is paused',
    }),
    holdVerb(system, {
      ...noun,
      act: 'resume',
      description: 'let a scheduler decide again, first about what came meanwhile',
      example: 'millrace scheduler resume every-push --skip',
      done: 'decides again',
      more: (command) => command.option('--skip', 'pass over the changes that came meanwhile'),
    }),
  ]).description('show, pause or resume one scheduler');
}
