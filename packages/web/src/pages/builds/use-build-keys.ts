import { useQueryClient } from '@tanstack/react-query';
import type { Build } from '@millrace/protocol/api/builds';
import { useKeys } from '../../keyboard/keyboard.ts';
import { focusedBuild, listKeys } from '../../keyboard/move-focus.ts';
import { cancelBuild, retryBuild } from '../../parts/build-acts.ts';

/** Keys on a list of builds: through the rows, and `r` and `x` on the one that has the focus. */
export function useBuildKeys(builds: readonly Build[]): void {
  const held = useQueryClient();
  const focused = (): Build | undefined => {
    const id = focusedBuild();
    return builds.find((build) => build.id === id);
  };
  useKeys('List', [
    ...listKeys,
    { keys: '/', label: 'Filter', act: () => document.querySelector<HTMLElement>('[data-filter]')?.focus() },
    {
      keys: 'r',
      label: 'Build the row’s revision again',
      act: () => {
        const build = focused();
        if (build?.state === 'finished') void retryBuild(build);
      },
    },
    {
      keys: 'x',
      label: 'Cancel the row’s build',
      act: () => {
        const build = focused();
        if (build?.state === 'running') cancelBuild(build, held);
      },
    },
  ]);
}
