import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { Build } from '@millrace/protocol/api/builds';
import { ApiError } from '../../api/call.ts';
import { queries } from '../../api/queries.ts';
import type { BuildFilter } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Skeleton } from '../../parts/skeleton.tsx';
import { useTab } from '../../parts/tab.ts';
import { Trouble } from '../../parts/trouble.tsx';
import pageStyles from '../page.module.css';
import { BuildRow } from './build-row.tsx';
import { BuildersPanel } from './builders-panel.tsx';
import styles from './builds-page.module.css';
import { RepositoryTroubles } from './repository-troubles.tsx';
import { Filters } from './filters.tsx';
import { latestOfEach } from './latest-of-each.ts';
import { useBuildKeys } from './use-build-keys.ts';
import { useHeldList } from './use-held-list.ts';

const route = getRouteApi('/');

/** What runs, what needs a person, and all builds, newest first. */
export function BuildsPage() {
  const search = route.useSearch();
  const filter = filterOf(search);
  const filtered = Object.values(filter).some((value) => value !== undefined);
  const builders = useQuery(queries.builders());
  const running = useQuery(queries.running());
  const builds = useInfiniteQuery(queries.builds(filter));
  const recent = useInfiniteQuery(queries.builds({}));
  const runningNow = (running.data?.items ?? []).filter((build) => build.state === 'running');
  const all = useMemo(() => {
    const items = builds.data?.pages.flatMap((page) => page.items) ?? [];
    // What runs stands above, unless the list is narrowed.
    return filtered ? items : items.filter((build) => build.state === 'finished');
  }, [builds.data, filtered]);
  const list = useHeldList(all);
  const latest = useMemo(
    () => latestOfEach(builders.data?.items ?? [], recent.data?.pages.flatMap((page) => page.items) ?? []),
    [builders.data, recent.data],
  );
  const broken = [...latest.values()].filter(
    (build) => build.result === 'failure' || build.result === 'exception',
  );
  useTab('Builds', broken.some((build) => build.result === 'failure') ? 'failure' : undefined);
  useBuildKeys([...all, ...runningNow, ...broken]);

  if (isTokenWanted(builds.error))
    return (
      <div className={pageStyles.page}>
        <h1 className={styles.hidden}>Builds</h1>
        <Trouble error={builds.error} />
      </div>
    );
  return (
    <div className={`${pageStyles.page} ${styles.layout}`}>
      <h1 className={styles.hidden}>Builds</h1>
      <div className={styles.builds}>
        {filtered ? null : (
          <>
            <RepositoryTroubles />
            <Group title="Needs a look" builds={broken} prominent />
            <Group title="Running" builds={runningNow} />
          </>
        )}
        <section aria-label="All builds">
          <Filters search={search} builders={builders.data?.items ?? []} builds={all} />
          {list.fresh === 0 ? null : (
            <button type="button" className={styles.fresh} onClick={list.accept}>
              {list.fresh} new
            </button>
          )}
          <div className={pageStyles.card}>
            {builds.isPending ? <Skeleton rows={12} /> : null}
            {builds.isError ? <Trouble error={builds.error} onRetry={() => void builds.refetch()} /> : null}
            <ol>
              {list.shown.map((build) => (
                <li key={build.id}>
                  <BuildRow build={build} />
                </li>
              ))}
            </ol>
            {builds.isSuccess && all.length === 0 ? <Nothing filtered={filtered} /> : null}
          </div>
          {builds.hasNextPage ? (
            <div className={styles.more}>
              <Button onClick={() => void builds.fetchNextPage()} disabled={builds.isFetchingNextPage}>
                Older builds
              </Button>
            </div>
          ) : null}
        </section>
      </div>
      <BuildersPanel builders={builders} latest={latest} recent={recent.data?.pages[0]?.items ?? []} />
    </div>
  );
}

/** Asked for once, and not by each part of the page. */
function isTokenWanted(error: Error | null): boolean {
  return error instanceof ApiError && error.status === 401;
}

function Nothing({ filtered }: { readonly filtered: boolean }) {
  return (
    <p className={pageStyles.empty}>
      {filtered
        ? 'No build is like that.'
        : 'Nothing has been built yet. A commit on a watched branch, or Force, begins.'}
    </p>
  );
}

interface GroupProps {
  readonly title: string;
  readonly builds: readonly Build[];
  readonly prominent?: boolean;
}

function Group({ title, builds, prominent = false }: GroupProps) {
  if (builds.length === 0) return null;
  return (
    <section className={styles.group} aria-label={title}>
      <h2 className={pageStyles.group}>{title}</h2>
      <ol className={pageStyles.card}>
        {builds.map((build) => (
          <li key={build.id}>
            <BuildRow build={build} prominent={prominent} />
          </li>
        ))}
      </ol>
    </section>
  );
}

/** `show` is `running` or a result, as the address bar has it. */
function filterOf(search: {
  readonly builder?: string;
  readonly branch?: string;
  readonly show?: string;
}): BuildFilter {
  const { builder, branch, show } = search;
  return {
    builder,
    branch,
    state: show === 'running' ? 'running' : undefined,
    result:
      show === undefined || show === 'running' ? undefined : show === 'broken' ? 'failure,exception' : show,
  };
}
