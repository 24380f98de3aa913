import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Master } from '@millrace/protocol/api/masters';
import { queries } from '../../api/queries.ts';
import { useKeys } from '../../keyboard/keyboard.ts';
import { listKeys } from '../../keyboard/move-focus.ts';
import { Skeleton } from '../../parts/skeleton.tsx';
import { useTab } from '../../parts/tab.ts';
import { Trouble } from '../../parts/trouble.tsx';
import pageStyles from '../page.module.css';
import { MasterState } from './master-state.tsx';
import styles from './masters-page.module.css';

/** The masters that share this store: those that run first. */
export function MastersPage() {
  const masters = useQuery(queries.masters());
  useTab('Masters');
  useKeys('List', listKeys.slice(0, 3));
  const items = (masters.data?.items ?? []).toSorted((one, other) => rank(one) - rank(other));
  return (
    <div className={pageStyles.page}>
      <h1 className={pageStyles.title}>Masters</h1>
      {masters.isPending ? <Skeleton rows={2} height={48} /> : null}
      {masters.isError ? <Trouble error={masters.error} onRetry={() => void masters.refetch()} /> : null}
      {items.length === 0 ? null : (
        <ul className={`${pageStyles.card} ${styles.masters}`}>
          {items.map((master) => (
            <li key={master.name}>
              <Link to="/masters/$name" params={{ name: master.name }} className={styles.master} data-row>
                <span className={styles.name}>{master.name}</span>
                <MasterState master={master} />
              </Link>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

const rank = ({ stoppedAt }: Master): number => (stoppedAt === null ? 0 : 1);
