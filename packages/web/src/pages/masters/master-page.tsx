import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { queries } from '../../api/queries.ts';
import { useKeys } from '../../keyboard/keyboard.ts';
import { useTab } from '../../parts/tab.ts';
import { Trouble } from '../../parts/trouble.tsx';
import pageStyles from '../page.module.css';
import { LoadPanel } from './load-panel.tsx';
import { MasterState } from './master-state.tsx';
import styles from './master-page.module.css';
import { ProfilePanel } from './profile-panel.tsx';
import { StallsPanel } from './stalls-panel.tsx';

const route = getRouteApi('/masters/$name');

/** What a master does with its time: now, when it stood still, and over an hour up to a year. */
export function MasterPage() {
  const { name } = route.useParams();
  const navigate = useNavigate();
  const master = useQuery(queries.master(name));
  useTab(name);
  useKeys('Master', [
    { keys: 'esc', label: 'To all masters', act: () => void navigate({ to: '/masters' }) },
    {
      keys: 'p',
      label: 'Take a profile',
      act: () => document.querySelector<HTMLElement>('[data-profile]')?.click(),
    },
  ]);
  if (master.isError) return <Trouble error={master.error} onRetry={() => void master.refetch()} />;
  return (
    <div className={`${pageStyles.page} ${styles.panels}`}>
      <header>
        <h1 className={pageStyles.title}>{name}</h1>
        <p className={styles.about}>
          {master.data === undefined ? '\u00a0' : <MasterState master={master.data} />}
        </p>
      </header>
      <LoadPanel key={name} master={name} />
      <ProfilePanel key={`profile of ${name}`} master={name} />
      <StallsPanel master={name} />
    </div>
  );
}
