import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { queries } from '../../api/queries.ts';
import { useKeys } from '../../keyboard/keyboard.ts';
import { Mark } from '../../marks/mark.tsx';
import { markOf } from '../../marks/marks.ts';
import { Button } from '../../parts/button.tsx';
import { ForceForm } from '../../parts/force-form.tsx';
import { Skeleton } from '../../parts/skeleton.tsx';
import { useTab } from '../../parts/tab.ts';
import { Trouble } from '../../parts/trouble.tsx';
import { duration } from '../../time/duration.ts';
import { estimate } from '../../words/estimate.ts';
import { BuildRow } from '../builds/build-row.tsx';
import { useBuildKeys } from '../builds/use-build-keys.ts';
import { latestOfEach } from '../builds/latest-of-each.ts';
import pageStyles from '../page.module.css';
import styles from './builder-page.module.css';
import { DurationChart } from './duration-chart.tsx';

const route = getRouteApi('/builders/$name');

/** A builder: how it does, its builds, and a form that asks for one. */
export function BuilderPage() {
  const { name } = route.useParams();
  const { branch } = route.useSearch();
  const navigate = useNavigate();
  const builder = useQuery(queries.builder(name));
  const builds = useInfiniteQuery(queries.builds({ builder: name, branch }));
  const all = builds.data?.pages.flatMap((page) => page.items) ?? [];
  const latest = builder.data === undefined ? undefined : latestOfEach([builder.data], all).get(name);
  useTab(name, latest === undefined ? undefined : markOf(latest));
  useBuildKeys(all);
  useKeys('Builder', [
    { keys: 'esc', label: 'To all builds', act: () => void navigate({ to: '/' }) },
    {
      keys: 'f',
      label: 'Force a build',
      act: () => document.querySelector<HTMLElement>('#force input, #force textarea')?.focus(),
    },
  ]);
  const usual = estimate(all);
  if (builder.isError) return <Trouble error={builder.error} onRetry={() => void builder.refetch()} />;
  return (
    <div className={`${pageStyles.page} ${styles.layout}`}>
      <header className={styles.head}>
        <h1 className={`${pageStyles.title} ${styles.title}`}>
          {latest === undefined ? null : <Mark name={markOf(latest)} size={24} />}
          {name}
        </h1>
        <p className={styles.about}>
          {[builder.data?.description, usual === undefined ? undefined : `usually ${duration(usual.ms)}`]
            .filter(Boolean)
            .join(' · ')}
        </p>
      </header>
      <div className={styles.builds}>
        <DurationChart builds={all.slice(0, 60)} />
        {branch === undefined ? null : (
          <p className={styles.narrowed}>
            Only branch {branch}.{' '}
            <Link to="/builders/$name" params={{ name }} search={{}} className={styles.link}>
              All branches
            </Link>
          </p>
        )}
        <div className={pageStyles.card}>
          {builds.isPending ? <Skeleton rows={12} /> : null}
          <ol>
            {all.map((build) => (
              <li key={build.id}>
                <BuildRow build={build} bare />
              </li>
            ))}
          </ol>
          {builds.isSuccess && all.length === 0 ? (
            <p className={pageStyles.empty}>It has not built anything yet.</p>
          ) : null}
        </div>
        {builds.hasNextPage ? (
          <div className={styles.more}>
            <Button onClick={() => void builds.fetchNextPage()} disabled={builds.isFetchingNextPage}>
              Older builds
            </Button>
          </div>
        ) : null}
      </div>
      <aside className={styles.side} id="force">
        <h2 className={pageStyles.group}>Force a build</h2>
        <div className={`${pageStyles.card} ${styles.form}`}>
          {builder.data === undefined ? (
            <Skeleton rows={3} />
          ) : (
            <ForceForm key={name} builder={builder.data} />
          )}
        </div>
        {builder.data === undefined ? null : (
          <dl className={styles.facts}>
            <dt>Repository</dt>
            <dd>{builder.data.repository ?? 'none'}</dd>
            <dt>Workers</dt>
            <dd>{builder.data.workers.join(', ')}</dd>
            {builder.data.tags.length === 0 ? null : (
              <>
                <dt>Tags</dt>
                <dd>{builder.data.tags.join(', ')}</dd>
              </>
            )}
          </dl>
        )}
      </aside>
    </div>
  );
}
