import { matchesBranch } from '../config/branch-pattern.ts';
import type { BuilderConfig, SchedulerConfig } from '../config/config.ts';
import type { NewBuildset } from '../store/operations/buildsets.ts';
import type { SeenChange } from '../store/operations/changes.ts';

const subjectLengthMax = 120;

/** Each change on one of the scheduler's branches becomes a buildset of exactly its revision. */
export function decideOnChange(
  scheduler: SchedulerConfig,
  builders: readonly BuilderConfig[],
  changes: readonly SeenChange[],
): readonly NewBuildset[] {
  const priorities = new Map(builders.map((builder) => [builder.name, builder.priority]));
  return changes
    .filter(
      (change) =>
        change.repository === scheduler.repository && matchesBranch(scheduler.branches, change.branch),
    )
    .map((change) => ({
      scheduler: scheduler.name,
      reason: reasonOf(change),
      source: { repository: change.repository, branch: change.branch, revision: change.revision },
      properties: {},
      builders: scheduler.builders.map((name) => ({
        name,
        priority: (priorities.get(name) ?? 0) + scheduler.priority,
      })),
    }));
}

/** `main 1a2b3c4d by Ann: the first line of the message`. */
function reasonOf(change: SeenChange): string {
  const [subject = ''] = change.message.trim().split('\n');
  const who = change.author.replace(/ *<.*>$/, '');
  return [
    `${change.branch} ${change.revision.slice(0, 10)}`,
    who === '' ? '' : ` by ${who}`,
    subject === '' ? '' : `: ${subject.slice(0, subjectLengthMax)}`,
  ].join('');
}
