import type { Command } from 'commander';
import type { Build } from '@millrace/protocol/api/builds';
import { results } from '@millrace/protocol/result';
import { processSystem } from '../client/client-context.ts';
import type { ClientSystem } from '../client/client-context.ts';
import { ago, duration } from '../client/duration.ts';
import { listCommand } from '../client/list-command.ts';
import { mark, markName } from '../client/mark.ts';
import { headline, printable } from '../client/printable.ts';

/** `millrace builds`: the newest builds, newest first. */
export function buildsCommand(system: ClientSystem = processSystem()): Command {
  return listCommand<Build>(system, {
    name: 'builds',
    description: 'list builds, newest first',
    path: '/builds',
    filters: [
      { flags: '--builder <name>', description: 'of this builder' },
      { flags: '--state <state>', description: 'in this state', choices: ['running', 'finished'] },
      { flags: '--result <result>', description: 'that ended so', words: results },
      { flags: '--worker <name>', description: 'on this worker' },
      { flags: '--branch <branch>', description: 'of this branch' },
      { flags: '--revision <revision>', description: 'of exactly this revision' },
      { flags: '--request <id>', description: 'the attempts of this request' },
      { flags: '--since <when>', description: 'begun since then', moment: 'startedAfter' },
      { flags: '--until <when>', description: 'begun before then', moment: 'startedBefore' },
      { flags: '--include <parts>', description: 'with these parts, too, in --json', words: ['properties'] },
    ],
    sorts: ['id', 'startedAt', 'finishedAt'],
    headings: ['ID', 'BUILD', 'STATE', 'REASON', 'BRANCH', 'REVISION', 'WORKER', 'TOOK', 'STARTED'],
    row: (build, { paint, now }) => [
      String(build.id),
      `${printable(build.builder)}#${build.number}`,
      mark(markName(build.state, build.result), paint),
      build.reason === null || build.reason === build.result ? '' : printable(build.reason),
      headline(build.branch ?? '', 30),
      printable((build.revision ?? '').slice(0, 10)),
      printable(build.worker),
      duration((build.finishedAt ?? now) - build.startedAt),
      ago(now - build.startedAt),
    ],
    none: 'no build is like that',
    examples: [
      ['millrace builds --builder linux --state running'],
      ['millrace builds --result failure --since 24h --limit 200'],
      ['millrace builds --result failure,exception --json | jq .items[].id'],
    ],
  });
}
