import type { Command } from 'commander';
import type { Worker } from '@millrace/protocol/api/workers';
import { processSystem } from '../client/client-context.ts';
import type { ClientSystem } from '../client/client-context.ts';
import { ago } from '../client/duration.ts';
import { holdVerb } from '../client/hold-command.ts';
import { listCommand } from '../client/list-command.ts';
import type { Paint } from '../client/paint.ts';
import { headline, printable } from '../client/printable.ts';
import { showCommand } from '../client/show-command.ts';
import { drainVerb } from './drain.ts';

const yesOrNo = ['true', 'false'];

/** `millrace workers`: the machines of the config, and how they are. */
export function workersCommand(system: ClientSystem = processSystem()): Command {
  return listCommand<Worker>(system, {
    name: 'workers',
    description: 'list the workers of the config, and how they are',
    path: '/workers',
    filters: [
      { flags: '--builder <name>', description: 'that may run this builder' },
      { flags: '--connected <yes>', description: 'whether it is connected', choices: yesOrNo },
      { flags: '--accepts <yes>', description: 'whether it takes new builds', choices: yesOrNo },
      { flags: '--held <yes>', description: 'whether somebody has paused or drained it', choices: yesOrNo },
    ],
    sorts: ['name', 'slots', 'heardAt'],
    limit: 100,
    headings: ['WORKER', 'STATE', 'BUILDS', 'SLOTS', 'HEARD', 'WHY'],
    row: (worker, { paint, now }) => [
      printable(worker.name),
      stateOf(worker, paint),
      worker.builds.join(' '),
      String(worker.slots),
      worker.heardAt === null ? '' : ago(now - worker.heardAt),
      whyOf(worker, now),
    ],
    none: 'no worker is like that',
    examples: [['millrace workers'], ['millrace workers --connected false --json | jq .items[].name']],
  });
}

/** Shape and word, and a colour beside them. */
function stateOf(worker: Worker, paint: Paint): string {
  if (worker.silent) return paint.red('✗ silent');
  if (!worker.connected) return paint.dim('○ away');
  if (worker.hold !== null) return paint.yellow(`▬ ${worker.hold.state}`);
  return worker.accepts ? paint.green('✓ ready') : paint.yellow('▲ full');
}

/** What keeps it from building. A pause outlives the connection: it is told also of a worker that is away. */
function whyOf(worker: Worker, now: number): string {
  const { hold, message } = worker;
  if (hold === null) return headline(message ?? '', 70);
  const by = hold.by === null ? '' : ` by ${hold.by}`;
  return headline(`${hold.state}${by} ${ago(now - hold.at)}: ${hold.reason}`, 70);
}

/** `millrace worker show`, `pause`, `drain` and `resume`: verbs of the command that runs one. */
export function workerVerbs(system: ClientSystem = processSystem()): readonly Command[] {
  const noun = { noun: 'worker', path: '/workers' } as const;
  return [
    showCommand(system, { ...noun, by: 'name', example: 'millrace worker show linux-1' }),
    holdVerb(system, {
      ...noun,
      act: 'pause',
      description: 'give a worker no new builds; what runs goes on',
      example: 'millrace worker pause linux-1 --reason "a new disk"',
      done: 'is paused',
    }),
    drainVerb(system),
    holdVerb(system, {
      ...noun,
      act: 'resume',
      description: 'give a worker builds again',
      example: 'millrace worker resume linux-1',
      done: 'takes builds again',
    }),
  ];
}
