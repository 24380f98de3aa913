import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { queries } from '../api/queries.ts';
import { KeyboardHelp } from '../keyboard/help.tsx';
import { listenToKeys, useKeys } from '../keyboard/keyboard.ts';
import { takeBackLast } from '../toasts/delayed.ts';
import { ToastList } from '../toasts/toast-list.tsx';
import { ConnectionLine } from './connection-line.tsx';
import styles from './shell.module.css';
import { TokenDialog } from './token-dialog.tsx';
import { Wheel } from './wheel.tsx';

/** What stands round every page: where to go, whether the page is live, what was just done. */
export function Shell() {
  const navigate = useNavigate();
  const [help, setHelp] = useState(false);
  const queue = useQuery(queries.queue());
  const waiting = queue.data?.items.length ?? 0;
  useEffect(listenToKeys, []);
  useKeys('Everywhere', [
    { keys: '?', label: 'These keys', act: () => setHelp(true) },
    { keys: 'g b', label: 'Go to builds', act: () => void navigate({ to: '/' }) },
    { keys: 'g q', label: 'Go to the queue', act: () => void navigate({ to: '/queue' }) },
    { keys: 'g w', label: 'Go to workers', act: () => void navigate({ to: '/workers' }) },
    { keys: 'g m', label: 'Go to masters', act: () => void navigate({ to: '/masters' }) },
    { keys: 'u', label: 'Take the last act back', act: takeBackLast },
  ]);
  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#main">
        To the content
      </a>
      <header className={styles.header}>
        <Link to="/" className={styles.name}>
          <Wheel />
          <span className={styles.word}>millrace</span>
        </Link>
        <nav className={styles.nav} aria-label="Pages">
          <Link to="/" className={styles.link} activeOptions={{ exact: true, includeSearch: false }}>
            Builds
          </Link>
          <Link to="/queue" className={styles.link}>
            Queue{waiting === 0 ? null : <span className={styles.count}>{waiting}</span>}
          </Link>
          <Link to="/workers" className={styles.link}>
            Workers
          </Link>
          <Link to="/masters" className={styles.link}>
            Masters
          </Link>
        </nav>
        <button
          type="button"
          className={styles.keys}
          onClick={() => setHelp(true)}
          aria-label="Show the keys"
        >
          ?
        </button>
      </header>
      <ConnectionLine />
      <main id="main" className={styles.main} tabIndex={-1}>
        <Outlet />
      </main>
      <ToastList />
      <TokenDialog />
      {help ? <KeyboardHelp onClose={() => setHelp(false)} /> : null}
    </div>
  );
}
