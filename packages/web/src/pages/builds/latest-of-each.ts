import type { Build } from '@millrace/protocol/api/builds';
import type { Builder } from '@millrace/protocol/api/builders';

/**
 * The newest finished build of each builder, on the branch that it builds by itself where it has one: whether it
 * is well. `recent` is newest first. A cancelled or skipped build says nothing about that, unless there is no other.
 */
export function latestOfEach(
  builders: readonly Builder[],
  recent: readonly Build[],
): ReadonlyMap<string, Build> {
  const latest = new Map<string, Build>();
  for (const { name, branch, lastBuild } of builders) {
    const own = recent.filter(
      (build) =>
        build.builder === name && build.state === 'finished' && (branch === null || build.branch === branch),
    );
    const telling = own.find((build) => build.result !== 'cancelled' && build.result !== 'skipped') ?? own[0];
    const known = telling ?? (lastBuild?.state === 'finished' ? lastBuild : undefined);
    if (known !== undefined) latest.set(name, known);
  }
  return latest;
}
