import type { InfiniteData, QueryClient } from '@tanstack/react-query';
import type { Build, BuildDetail } from '@millrace/protocol/api/builds';
import type { List } from '../api/queries.ts';
import { clock } from '../time/clock.ts';
import type { Effects } from './event-effects.ts';

/** Many events in a moment ask for each list once. */
const collectMs = 150;

/**
 * Carries effects out on what is held: patches at once, and what is stale is asked for again, at most one
 * asking for each key under way or waiting.
 */
export class EffectApplier {
  readonly #held: QueryClient;
  readonly #stale = new Map<string, readonly (string | number)[]>();
  #waiting = false;

  constructor(held: QueryClient) {
    this.#held = held;
  }

  apply(effects: Effects): void {
    if (effects.patch !== undefined) this.#patch(effects.patch.build, effects.patch.change);
    for (const key of effects.stale) this.#stale.set(JSON.stringify(key), key);
    if (this.#waiting || this.#stale.size === 0) return;
    this.#waiting = true;
    clock.after(collectMs, () => void this.#flush());
  }

  async #flush(): Promise<void> {
    const keys = [...this.#stale.values()];
    this.#stale.clear();
    await Promise.all(keys.map((queryKey) => this.#held.invalidateQueries({ queryKey })));
    this.#waiting = false;
    if (this.#stale.size > 0) this.apply({ patch: undefined, stale: [] });
  }

  #patch(id: number, change: Partial<Build>): void {
    this.#held.setQueryData<BuildDetail>(['build', id], (held) => held && { ...held, ...change });
    this.#held.setQueriesData<InfiniteData<List<Build>> | List<Build>>({ queryKey: ['builds'] }, (held) => {
      if (held === undefined) return held;
      return 'pages' in held
        ? { ...held, pages: held.pages.map((page) => patchList(page, id, change)) }
        : patchList(held, id, change);
    });
  }
}

/** The same list, where the build is not in it. */
export function patchList(list: List<Build>, id: number, change: Partial<Build>): List<Build> {
  if (!list.items.some((build) => build.id === id)) return list;
  return { ...list, items: list.items.map((build) => (build.id === id ? { ...build, ...change } : build)) };
}
